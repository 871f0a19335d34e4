import type { Awaitable } from '#base/result.ts';
import type { SmtpConnection } from './connection.ts';
import type { Reply } from './reply.ts';
import type { CommandState, State } from './state.ts';

/** What a command leads to. */
export interface Step {
  readonly state: State;
  /** Nothing to say yet: a chunk is to be read first. */
  readonly reply: Reply | undefined;
  /** Instead of what the new state waits for: start TLS, pause, close. */
  readonly ask?:
    | { readonly kind: 'tls' }
    | { readonly kind: 'close'; readonly agreed?: true }
    | { readonly kind: 'pause'; readonly ms: number };
  /** What went wrong with it, for the session's patience. */
  readonly wrong?: 'command' | 'recipient' | 'deferred-recipient' | 'login';
}

export interface Call<S extends CommandState = CommandState> {
  readonly connection: SmtpConnection;
  readonly state: S;
  readonly argument: string;
}

/** One command: where it is legal, what it says elsewhere, what it does (one file each; the table is `commands.ts`). */
export interface Command<Kind extends CommandState['kind'] = CommandState['kind']> {
  readonly verb: string;
  readonly states: readonly Kind[];
  /** Heard in any other state. */
  readonly elsewhere: Reply;
  /** Brings no mail forward by itself: only so many between two messages. */
  readonly idle?: boolean;
  readonly run: (call: Call<Extract<CommandState, { kind: Kind }>>) => Awaitable<Step>;
}

/** A command with its states forgotten: `commands.ts` checks them before it is run. */
export type AnyCommand = Omit<Command, 'run'> & { readonly run: (call: never) => Awaitable<Step> };

/** Refused, nothing changed. */
export function wrong(state: State, reply: Reply): Step {
  return { state, reply, wrong: 'command' };
}
