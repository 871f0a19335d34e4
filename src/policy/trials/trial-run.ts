import type { Awaitable } from '#base/result.ts';
import type { TraceBuilder } from '#trace/trace-builder.ts';
import { checks } from '../checks.ts';
import { combineEarly, combineFindings, combineUnlisted } from '../combine-findings.ts';
import type { FactBook } from '../fact-book.ts';
import { judgeCheck, weighAgain } from '../judge-check.ts';
import type { JudgedCheck, JudgeParts } from '../judge-check.ts';
import { lenient } from '../lenient.ts';
import type { PolicyValues } from '../policy-values.ts';
import type { ReplayedAction } from '../replay-record.ts';
import type { RunningTrial, TrialBook } from './trial-book.ts';

export interface TrialRunParts {
  readonly book: TrialBook;
  /** The settings that hold for mail that belongs to no stage. */
  readonly values: PolicyValues;
  readonly facts: FactBook;
  readonly mayAsk: boolean;
  readonly trace: TraceBuilder;
}

/** What policy came to, as it stands when a message was refused or is whole. */
export interface Judged {
  readonly envelope: readonly JudgedCheck[];
  /** `undefined`: it was not let on to send the message. */
  readonly message: readonly JudgedCheck[] | undefined;
  readonly action: ReplayedAction;
  /** Whether greylisting knew the sender; `undefined`: it was not asked. */
  readonly isKnown: boolean | undefined;
}

/** One message beside its trials: the same facts and judgements, weighed anew; nobody is asked for anything. */
export class TrialRun {
  readonly #parts: TrialRunParts;
  readonly #staged: RunningTrial | undefined;
  #isCounted = false;

  /** `undefined`: nothing is on trial, and nothing is done. */
  static begin(
    parts: TrialRunParts,
    { client, domain }: { readonly client: string; readonly domain: string },
  ): TrialRun | undefined {
    const { book } = parts;
    return book.running.length === 0 ? undefined : new TrialRun(parts, book.stageFor(client, domain));
  }

  private constructor(parts: TrialRunParts, staged: RunningTrial | undefined) {
    this.#parts = parts;
    this.#staged = staged;
  }

  /** By which the message is judged. */
  get values(): PolicyValues {
    return this.#staged?.values ?? this.#parts.values;
  }

  /** Counts once for each message, however many recipients were refused. */
  async count(judged: Judged): Promise<void> {
    if (this.#isCounted) return;
    this.#isCounted = true;
    const { book, values, trace } = this.#parts;
    const isAllowed = [...judged.envelope, ...(judged.message ?? [])].some(
      ({ judgement }) => judgement.kind === 'vouch',
    );
    // What a stage does and a shadow would do cannot be told apart on one message.
    const trials =
      this.#staged === undefined ? book.running.filter(({ share }) => share === 0) : [this.#staged];
    for (const trial of trials) {
      const isStaged = trial === this.#staged;
      const other = await this.#judgeAgain(judged, isStaged ? values : trial.values);
      const [before, after] = isStaged ? [other.action, judged.action] : [judged.action, other.action];
      if (isStaged || before !== after)
        trace.fact('trial', { id: trial.id, ...(isStaged ? { share: trial.share } : {}), before, after });
      const { isUnasked } = other;
      book.count(trial.id, { trace: trace.id, before, after, isStaged, isUnasked, isAllowed });
    }
  }

  async #judgeAgain(
    judged: Judged,
    values: PolicyValues,
  ): Promise<{ readonly action: ReplayedAction; readonly isUnasked: boolean }> {
    const { facts, mayAsk } = this.#parts;
    const parts: JudgeParts = { facts, values, mayAsk, clock: still };
    const envelope = await this.#weighed(judged.envelope, parts, isEnvelope);
    const early = combineEarly(envelope.judged);
    if (early.action !== 'accept') return { action: early.action, isUnasked: envelope.isUnasked };
    if (judged.message === undefined) return { action: 'let-on', isUnasked: envelope.isUnasked };
    const message = await this.#weighed(judged.message, parts, (one) => !isEnvelope(one));
    const isUnasked = envelope.isUnasked || message.isUnasked;
    const all = [...envelope.judged.map(lenient), ...message.judged];
    const verdict = combineFindings(all, values);
    const isLifted = judged.isKnown === true || !values.greylisting || !mayAsk;
    if (verdict.action !== 'greylist' || !isLifted) return { action: verdict.action, isUnasked };
    return { action: combineUnlisted(all, values).action, isUnasked };
  }

  /** What was judged, weighed by other values; and what is on only there, by facts that were found out anyhow. */
  async #weighed(
    before: readonly JudgedCheck[],
    parts: JudgeParts,
    of: (row: JudgedCheck['check']) => boolean,
  ): Promise<{ readonly judged: readonly JudgedCheck[]; readonly isUnasked: boolean }> {
    const judged: JudgedCheck[] = [];
    let isUnasked = false;
    for (const check of checks.filter(of)) {
      if (parts.values.check(check.name).action === 'off') continue;
      const known = before.find((one) => one.check === check);
      const isFound = known === undefined && check.reads.every((name) => this.#parts.facts.has(name));
      const again: Awaitable<JudgedCheck> | undefined =
        known !== undefined ? weighAgain(known, parts) : isFound ? judgeCheck(check, parts) : undefined;
      if (again === undefined) isUnasked ||= this.values.check(check.name).action === 'off';
      else judged.push(await again);
    }
    return { judged, isUnasked };
  }
}

function isEnvelope({ stage }: JudgedCheck['check']): boolean {
  return stage !== 'message';
}

const still = { monotonic: () => 0 };
