import type { QueueId, TraceId } from '#base/id.ts';
import { onePiece } from '#base/one-piece.ts';
import type { Clock } from '#platform/clock.ts';
import type {
  TraceEnvelope,
  TraceQuestion,
  TraceRecord,
  TraceSession,
  TraceStep,
  TraceVerdict,
} from './record.ts';

/** A record is bounded (S-09): what comes after is counted, not kept. */
export const traceStepsMax = 256;
export const traceQuestionsMax = 256;

export interface TraceStart {
  readonly id: TraceId;
  readonly direction: TraceRecord['direction'];
  readonly session: TraceSession;
  readonly clock: Clock;
}

export interface TraceEnd {
  readonly kind: TraceRecord['kind'];
  readonly verdict: TraceVerdict;
  readonly envelope?: TraceEnvelope;
  readonly queueId?: QueueId;
}

/** A step as its maker tells it; the builder knows what it cost. */
export type NewStep = Omit<TraceStep, 'ms' | 'evidence'> & {
  readonly evidence?: Readonly<Record<string, unknown>>;
  /** Where its maker knows better, as of work that ran beside other work. */
  readonly ms?: number;
};

/**
 * Gathers what happens to one message or attempt into its `TraceRecord`. The cost of a step is the time since
 * `mark()` was last called, or since the step before it, on the monotonic clock (S-12).
 */
export class TraceBuilder {
  readonly id: TraceId;
  readonly #start: TraceStart;
  readonly #atMs: number;
  readonly #startedMs: number;
  readonly #facts: Record<string, unknown> = {};
  readonly #steps: TraceStep[] = [];
  readonly #asked: TraceQuestion[] = [];
  #markMs: number;
  #dropped = 0;

  constructor(start: TraceStart) {
    this.id = start.id;
    this.#start = start;
    this.#atMs = start.clock.now();
    this.#startedMs = start.clock.monotonic();
    this.#markMs = this.#startedMs;
  }

  /** The work of the next step begins now. */
  mark(): void {
    this.#markMs = this.#start.clock.monotonic();
  }

  step(step: NewStep): void {
    const nowMs = this.#start.clock.monotonic();
    const ms = roundMs(step.ms ?? nowMs - this.#markMs);
    this.#markMs = nowMs;
    const { evidence = {}, reason } = step;
    const told = reason === undefined ? step : { ...step, reason: onePiece(reason) };
    const whole: TraceStep = { ...told, evidence, ms };
    if (this.#steps.length < traceStepsMax) this.#steps.push(whole);
    else this.#dropped += 1;
  }

  fact(name: string, value: unknown): void {
    this.#facts[name] = value;
  }

  asked(question: TraceQuestion): void {
    if (this.#asked.length < traceQuestionsMax) this.#asked.push(question);
    else this.#dropped += 1;
  }

  elapsedMs(): number {
    return roundMs(this.#start.clock.monotonic() - this.#startedMs);
  }

  finish(end: TraceEnd): TraceRecord {
    if (this.#dropped > 0) this.#facts['entriesNotKept'] = this.#dropped;
    const { id, direction, session } = this.#start;
    return {
      v: 1,
      id,
      kind: end.kind,
      at: new Date(this.#atMs).toISOString(),
      direction,
      session,
      ...(end.queueId === undefined ? {} : { queueId: end.queueId }),
      ...(end.envelope === undefined ? {} : { envelope: inOnePiece(end.envelope) }),
      facts: this.#facts,
      asked: this.#asked,
      steps: this.#steps,
      verdict: { ...end.verdict, text: onePiece(end.verdict.text) },
      deliveries: [],
    };
  }
}

function inOnePiece({ from, to, sizeBytes, messageId }: TraceEnvelope): TraceEnvelope {
  return {
    from: onePiece(from),
    to: to.map(({ address, outcome }) => ({ address: onePiece(address), outcome })),
    sizeBytes,
    ...(messageId === undefined ? {} : { messageId: onePiece(messageId) }),
  };
}

/** Microseconds are noise in a record. */
function roundMs(ms: number): number {
  return Math.round(ms * 100) / 100;
}
