import { onePiece } from '#base/one-piece.ts';
import { err } from '#base/result.ts';
import type { Awaitable, Result } from '#base/result.ts';
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

type Answer = Result<DnsAnswer, DnsFailure>;

/** One question. */
interface Asking {
  readonly name: string;
  readonly type: RecordType;
  readonly signal: AbortSignal | undefined;
  /** Another than that of the message. */
  readonly resolver?: Resolver;
  /** Of the monotonic clock; the phase may end before. */
  readonly endsAtMs?: number;
}

export interface AskingParts {
  readonly resolver: Resolver;
  readonly clock: Clock;
  readonly asked: (question: TraceQuestion) => void;
  /** `questionsMax` where it is left out. */
  readonly questionsMax?: number;
}

/** Questions that were taken out of a budget. */
export interface QuestionsApart {
  /** These were asked: they are written down, what is left comes back, and is kept for DMARC unless that has asked. */
  asked(some: readonly TraceQuestion[], isPolicyAsked: boolean): void;
  /** Nobody knows which were: only what is kept for DMARC comes back. */
  lost(): void;
}

/**
 * The resolver of one message: within its budget, each question written down with its answer (N-3). Time counts in
 * phases, so that what the client takes to send its message costs nothing; one timer serves all questions of a phase.
 */
export class AskingResolver implements Resolver {
  readonly writesDown = true;
  readonly #parts: AskingParts;
  #left: number;
  #kept = policyQuestionsKept;
  #room = answersKept;
  readonly #deadlines: Deadlines;
  /** Of the monotonic clock; unknown before the first question. */
  #phaseEndsAtMs: number | undefined;
  #phaseMs = envelopeAskMs;

  constructor(parts: AskingParts) {
    this.#parts = parts;
    this.#left = parts.questionsMax ?? questionsMax;
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
    return {
      writesDown: true,
      ask: (name, type, signal) => {
        const answer = this.#left <= 0 ? overBudget : this.#askNow({ name, type, signal });
        this.#kept = Math.max(0, this.#kept - 1);
        return answer;
      },
    };
  }

  ask(name: string, type: RecordType, signal?: AbortSignal): Awaitable<Answer> {
    return this.#askUnkept({ name, type, signal });
  }

  /**
   * Takes questions out of the budget, and those that are kept for DMARC if it is to ask as well, for whoever asks elsewhere on
   * the message's behalf; the time of the phase begins. `undefined`: they are not left. What became of them is to be told once.
   */
  setApart(questions: number, forPolicy: boolean): QuestionsApart | undefined {
    if (this.#left < questions + this.#kept) return undefined;
    const kept = forPolicy ? this.#kept : 0;
    this.#phaseEndsAtMs ??= this.#parts.clock.monotonic() + this.#phaseMs;
    this.#left -= questions + kept;
    this.#kept -= kept;
    return {
      asked: (some, isPolicyAsked) => {
        this.#left += Math.max(0, questions + kept - some.length);
        if (!isPolicyAsked) this.#kept += kept;
        for (const question of some)
          this.#parts.asked({ ...question, answer: this.#inRoom(question.answer) });
      },
      lost: () => {
        this.#left += kept;
        this.#kept += kept;
      },
    };
  }

  /** A part of a message under its own budget and this one; the timer is the same. */
  within({ queriesMax, totalMs }: ResolverBudget): Resolver {
    let left = queriesMax;
    let endsAtMs: number | undefined;
    return {
      writesDown: true,
      ask: (name, type, signal) => {
        const nowMs = this.#parts.clock.monotonic();
        endsAtMs ??= nowMs + totalMs;
        if (left <= 0 || nowMs >= endsAtMs) return overBudget;
        left -= 1;
        return this.#askUnkept({ name, type, signal, endsAtMs });
      },
    };
  }

  /** The same budget and record for questions that another resolver answers. */
  through(other: Resolver): Resolver {
    return {
      writesDown: true,
      ask: (name, type, signal) => this.#askUnkept({ name, type, signal, resolver: other }),
    };
  }

  #askUnkept(question: Asking): Awaitable<Answer> {
    return this.#left <= this.#kept ? overBudget : this.#askNow(question);
  }

  #askNow(question: Asking): Awaitable<Answer> {
    const { name, type, signal, resolver = this.#parts.resolver } = question;
    this.#left -= 1;
    const startMs = this.#parts.clock.monotonic();
    this.#phaseEndsAtMs ??= startMs + this.#phaseMs;
    const dueMs = Math.min(question.endsAtMs ?? this.#phaseEndsAtMs, this.#phaseEndsAtMs);
    const answer = startMs >= dueMs ? overBudget : resolver.ask(name, type, signal);
    // What is remembered needs no time limit, and most is.
    if (!(answer instanceof Promise)) return this.#told(question, answer, 0);
    return this.#deadlines.within(answer, dueMs, overBudget).then((late) => {
      const ms = Math.round((this.#parts.clock.monotonic() - startMs) * 100) / 100;
      return this.#told(question, late, ms);
    });
  }

  #told({ name, type }: Asking, answer: Answer, ms: number): Answer {
    this.#parts.asked({ kind: 'dns', name: cleanForeignText(name), type, answer: this.#shown(answer), ms });
    return answer;
  }

  #shown(answer: Answer): unknown {
    if (!answer.ok) return answer.error;
    const { records } = answer.value;
    return this.#inRoom(records.slice(0, recordsKept).map(recordText), records.length);
  }

  /** As it was shown elsewhere, or here. */
  #inRoom(shown: unknown, records: number = Array.isArray(shown) ? shown.length : 0): unknown {
    if (!Array.isArray(shown)) return shown;
    for (const text of shown as readonly string[]) this.#room -= text.length;
    return this.#room >= 0 ? shown : `${records} records`;
  }
}

function recordText(record: DnsRecord): string {
  switch (record.type) {
    case 'MX':
      return cleanForeignText(onePiece(`${record.preference} ${record.exchange}`));
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
