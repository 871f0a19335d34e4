import type { Result } from '#base/result.ts';

/**
 * Work on hostile input that may take long: it is done beside the thread that speaks with clients, and is ended when its time
 * is over. Requests and replies are plain data.
 */
export interface EngineKind<Request, Reply> {
  readonly name: string;
  /** URL of the module that exports the work as `run`; loaded only where it is done. */
  readonly module: string;
  /** Holds the types together; never there. */
  readonly work?: (request: Request) => Promise<Reply>;
}

/** `busy`: it had no turn, or not enough of one; `timeout`: it took too long and was ended; `failed`: it broke, or ran out of memory. */
export type EngineTrouble = 'busy' | 'timeout' | 'failed';

export interface Engine<Request, Reply> {
  /** Answers within the time, whatever the work does. Never throws. */
  run(request: Request, deadlineMs: number): Promise<Result<Reply, EngineTrouble>>;
}

/** An engine for work of which there is much, or none: it is there while that is worth it. */
export interface OptionalEngine<Request, Reply> extends Engine<Request, Reply> {
  /** Hears that there will be work, and says whether that may be given to it: else who asks does it itself. */
  offer(): boolean;
}
