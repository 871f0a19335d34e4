import { err } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Clock } from '#platform/clock.ts';
import { Deadlines } from '#platform/deadlines.ts';
import type {
  DnsAnswer,
  DnsFailure,
  DnsRecord,
  RecordType,
  Resolver,
  ResolverBudget,
} from '#platform/resolver.ts';
import { cleanForeignText } from '#trace/foreign-text.ts';
import type { TraceQuestion } from '#trace/record.ts';

/** S-09: questions for one message. */
export const questionsMax = 120;
/**
 * Of these, kept for DMARC: a tree walk of eight for the author and for two identifiers. What else a sender publishes
 * (SPF, HELO, reverse names, keys, links) may use up the others.
 */
export const policyQuestionsKept = 24;
/** P-28: with a resolver that says nothing, a message is judged within ten seconds: this for its envelope … */
export const envelopeAskMs = 4_000;
/** … and this for the message itself. */
export const messageAskMs = 5_000;
/** Records of one answer that are written down. */
const recordsKept = 10;
/** S-09: characters of answers that the record of one message keeps; of those beyond it says how many records came. */
const answersKept = 16_384;

const overBudget = err('budget' as const);

/** What one question may have otherwise. */
interface Asking {
  readonly resolver?: Resolver;
  /** Of the monotonic clock; the phase may end before. */
  readonly endsAtMs?: number;
}

export interface AskingParts {
  readonly resolver: Resolver;
  readonly clock: Clock;
  readonly asked: (question: TraceQuestion) => void;
}

/**
 * The resolver of one message: within its budget, each question written down with its answer (N-3). Time counts in
 * phases, so that what the client takes to send its message costs nothing; one timer serves all questions of a phase.
 */
export class AskingResolver implements Resolver {
  readonly writesDown = true;
  readonly #parts: AskingParts;
  #left = questionsMax;
  #kept = policyQuestionsKept;
  #room = answersKept;
  readonly #deadlines: Deadlines;
  /** Of the monotonic clock; unknown before the first question. */
  #phaseEndsAtMs: number | undefined;
  #phaseMs = envelopeAskMs;

  constructor(parts: AskingParts) {
    this.#parts = parts;
    this.#deadlines = new Deadlines(parts.clock);
  }

  /** From here on questions have so long, together. */
  beginPhase(totalMs: number): void {
    this.endPhase();
    this.#phaseMs = totalMs;
  }

  /** Nothing more is asked for now; the timer is let go. */
  endPhase(): void {
    this.#phaseEndsAtMs = undefined;
    this.#deadlines.end();
  }

  /** For the policy of the author's domain: draws on the questions that are kept for it. */
  get forPolicy(): Resolver {
    const count = (): void => {
      this.#kept = Math.max(0, this.#kept - 1);
    };
    return {
      writesDown: true,
      known: (name, type) => {
        const known = this.#left <= 0 ? overBudget : this.#knownNow(name, type);
        if (known !== undefined) count();
        return known;
      },
      ask: (name, type, signal) => {
        const question = this.#left <= 0 ? undefined : this.#askNow(name, type, signal);
        count();
        return question ?? Promise.resolve(overBudget);
      },
    };
  }

  known(name: string, type: RecordType): Result<DnsAnswer, DnsFailure> | undefined {
    return this.#left <= this.#kept ? overBudget : this.#knownNow(name, type);
  }

  async ask(name: string, type: RecordType, signal?: AbortSignal): Promise<Result<DnsAnswer, DnsFailure>> {
    return this.#left <= this.#kept ? overBudget : this.#askNow(name, type, signal);
  }

  /** A part of a message under its own budget and this one; the timer is the same. */
  within({ queriesMax, totalMs }: ResolverBudget): Resolver {
    let left = queriesMax;
    let endsAtMs: number | undefined;
    const isOver = (): boolean => {
      const nowMs = this.#parts.clock.monotonic();
      endsAtMs ??= nowMs + totalMs;
      return left <= 0 || nowMs >= endsAtMs || this.#left <= this.#kept;
    };
    return {
      writesDown: true,
      known: (name, type) => {
        if (isOver()) return overBudget;
        const known = this.#knownNow(name, type);
        if (known !== undefined) left -= 1;
        return known;
      },
      ask: async (name, type, signal) => {
        if (isOver()) return overBudget;
        left -= 1;
        return this.#askNow(name, type, signal, endsAtMs === undefined ? {} : { endsAtMs });
      },
    };
  }

  /** The same budget and record for questions that another resolver answers. */
  through(other: Resolver): Resolver {
    return {
      writesDown: true,
      ask: async (name, type, signal) =>
        this.#left <= this.#kept ? overBudget : this.#askNow(name, type, signal, { resolver: other }),
    };
  }

  /** What needs no time limit, and most does not: what is remembered, and what nobody may ask any more. */
  #knownNow(
    name: string,
    type: RecordType,
    resolver = this.#parts.resolver,
  ): Result<DnsAnswer, DnsFailure> | undefined {
    const startMs = this.#parts.clock.monotonic();
    this.#phaseEndsAtMs ??= startMs + this.#phaseMs;
    const known = startMs >= this.#phaseEndsAtMs ? overBudget : resolver.known?.(name, type);
    if (known === undefined) return undefined;
    this.#left -= 1;
    this.#writeDown({ name, type, ms: 0 }, known);
    return known;
  }

  async #askNow(
    name: string,
    type: RecordType,
    signal: AbortSignal | undefined,
    { resolver = this.#parts.resolver, endsAtMs = Number.POSITIVE_INFINITY }: Asking = {},
  ): Promise<Result<DnsAnswer, DnsFailure>> {
    const known = this.#knownNow(name, type, resolver);
    if (known !== undefined) return known;
    this.#left -= 1;
    const { clock } = this.#parts;
    const startMs = clock.monotonic();
    const dueMs = Math.min(endsAtMs, this.#phaseEndsAtMs ?? endsAtMs);
    const answer = await this.#deadlines.within(resolver.ask(name, type, signal), dueMs, overBudget);
    const ms = Math.round((clock.monotonic() - startMs) * 100) / 100;
    this.#writeDown({ name, type, ms }, answer);
    return answer;
  }

  #writeDown(
    { name, type, ms }: Pick<TraceQuestion, 'name' | 'type' | 'ms'>,
    answer: Result<DnsAnswer, DnsFailure>,
  ): void {
    this.#parts.asked({ kind: 'dns', name: cleanForeignText(name), type, answer: this.#shown(answer), ms });
  }

  #shown(answer: Result<DnsAnswer, DnsFailure>): unknown {
    if (!answer.ok) return answer.error;
    const { records } = answer.value;
    const texts = records.slice(0, recordsKept).map(recordText);
    this.#room -= texts.reduce((sum, text) => sum + text.length, 0);
    return this.#room >= 0 ? texts : `${records.length} records`;
  }
}

function recordText(record: DnsRecord): string {
  switch (record.type) {
    case 'MX':
      return cleanForeignText(`${record.preference} ${record.exchange}`);
    case 'A':
    case 'AAAA':
    case 'PTR':
    case 'CNAME':
    case 'NS':
    case 'TXT':
      return cleanForeignText(record.data);
    default:
      return record.type;
  }
}
