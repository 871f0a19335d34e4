import { createHash } from 'node:crypto';
import type { TraceId } from '#base/id.ts';
import { clientNetwork } from '#identity/client-network.ts';
import type { Setting } from '#config/setting.ts';
import type { Clock } from '#platform/clock.ts';
import type { ReplayedAction } from '../replay-record.ts';
import type { PolicyValues } from '../policy-values.ts';
import { livePolicyValues } from '../read-policy-values.ts';
import type { ChangingSettings } from '../read-policy-values.ts';
import { replayableSettings } from '../replayable-settings.ts';
import type { SeenDifference, Trial, TrialTally } from './trial.ts';
import { complaintsMax, isRunning, noTally, seenMax } from './trial.ts';

/** S-09: each runs beside every message. */
export const runningTrialsMax = 4;
/** Those that are over; the oldest goes. */
export const trialsKeptMax = 20;
/** Shares of mail, in per cent, from step to step. */
export const stageShares = [1, 5, 10, 25, 50, 100] as const;
/** Fewer are no measure of a share. */
export const keptOutMin = 5;

export interface TrialBookParts {
  readonly clock: Pick<Clock, 'now'>;
  /** The settings that hold. */
  readonly settings: ChangingSettings;
  /** Told of each change, to be kept over a restart; `undefined`: it is forgotten. */
  readonly changed: (id: string, trial: Trial | undefined) => void;
  /** A stage went beyond its bound and is taken back. */
  readonly stopped: (trial: Trial) => void;
}

/** A trial that runs, with the values that policy would have under it. */
export interface RunningTrial {
  readonly id: string;
  readonly share: number;
  readonly values: PolicyValues;
}

export interface TrialOutcome {
  readonly trace: TraceId;
  /** Without the trial. */
  readonly before: ReplayedAction;
  /** Under it. */
  readonly after: ReplayedAction;
  /** The settings on trial held for this message. */
  readonly isStaged: boolean;
  readonly isUnasked: boolean;
  /** An allow list names it. */
  readonly isAllowed: boolean;
}

/** Settings of policy on trial (N-3): as shadows beside the real ones, and in stages for a share of mail. */
export class TrialBook {
  readonly #parts: TrialBookParts;
  readonly #trials = new Map<string, Trial>();
  readonly #uncounted = new Set<string>();
  #running: readonly RunningTrial[] = [];

  constructor(parts: TrialBookParts) {
    this.#parts = parts;
  }

  /** What was kept over a restart. */
  restore(trials: Iterable<Trial>): void {
    for (const trial of trials) this.#trials.set(trial.id, trial);
    this.#sort();
  }

  /** At the start of a server: what fell due meanwhile was not watched, and takes its full time anew. */
  resume(): void {
    const nowMs = this.#parts.clock.now();
    for (const trial of this.list())
      if (isRunning(trial) && nowMs >= trial.untilMs) this.#put({ ...trial, untilMs: nowMs + trial.everyMs });
  }

  /** Those that are judged beside each message; the same array until something changes. */
  get running(): readonly RunningTrial[] {
    return this.#running;
  }

  list(): readonly Trial[] {
    return [...this.#trials.values()].sort((a, b) => Number(b.id) - Number(a.id));
  }

  find(id: string): Trial | undefined {
    return this.#trials.get(id);
  }

  /** Beside the real settings for so long. */
  start(changes: Trial['changes'], forMs: number): Trial | 'full' {
    if (this.#running.length >= runningTrialsMax) return 'full';
    this.#makeRoom();
    const nowMs = this.#parts.clock.now();
    const id = String(Math.max(0, ...[...this.#trials.keys()].map(Number)) + 1);
    const trial: Trial = {
      id,
      changes,
      state: 'shadow',
      sinceMs: nowMs,
      untilMs: nowMs + forMs,
      share: 0,
      everyMs: forMs,
      keptOutPercentMax: 0,
      tally: noTally,
    };
    this.#put(trial);
    return trial;
  }

  /** For a share of mail, and more from step to step. One at a time, so that its effect is its own. */
  stage(
    id: string,
    { share, everyMs, keptOutPercentMax }: Pick<Trial, 'share' | 'everyMs' | 'keptOutPercentMax'>,
  ): Trial | 'another' | 'full' | undefined {
    const trial = this.#trials.get(id);
    if (trial === undefined) return undefined;
    if (!isRunning(trial) && this.#running.length >= runningTrialsMax) return 'full';
    if (this.list().some((one) => one.state === 'stage' && one.id !== id)) return 'another';
    const nowMs = this.#parts.clock.now();
    const { why: _, ...rest } = trial;
    const staged: Trial = {
      ...rest,
      state: 'stage',
      share,
      everyMs,
      keptOutPercentMax,
      sinceMs: nowMs,
      untilMs: nowMs + everyMs,
      tally: noTally,
    };
    this.#put(staged);
    return staged;
  }

  /** It is over; nothing of it holds any more. */
  end(id: string, state: 'ended' | 'stopped' | 'applied', why: string): Trial | undefined {
    const trial = this.#trials.get(id);
    if (trial === undefined) return undefined;
    const ended: Trial = { ...trial, state, why, share: state === 'applied' ? 100 : 0 };
    this.#put(ended);
    return ended;
  }

  /** The stage that a message belongs to: the same for all mail of one network and domain. */
  stageFor(client: string, domain: string): RunningTrial | undefined {
    const staged = this.#running.find(({ share }) => share > 0);
    if (staged === undefined) return undefined;
    const place = placeOf(this.find(staged.id), `${clientNetwork(client)} ${domain}`);
    return place < staged.share ? staged : undefined;
  }

  count(id: string, outcome: TrialOutcome): void {
    const trial = this.#trials.get(id);
    if (trial === undefined || !isRunning(trial)) return;
    this.#tally({ ...trial, tally: tallied(trial.tally, outcome, this.#parts.clock.now()) });
  }

  /** A reader wanted a message that the stage kept out, or put into Junk. Each message counts once. */
  complain(id: string, trace: TraceId): Trial | undefined {
    const trial = this.#trials.get(id);
    if (trial?.state !== 'stage') return undefined;
    const { complaints } = trial.tally;
    if (!complaints.includes(trace))
      this.#tally({ ...trial, tally: { ...trial.tally, complaints: [...complaints, trace] } });
    return this.#trials.get(id);
  }

  /** Keeps what was counted, and takes a stage back that went beyond its bound. */
  #tally(counted: Trial): void {
    const { id } = counted;
    this.#trials.set(id, counted);
    this.#uncounted.add(id);
    const why = counted.state === 'stage' ? beyondBound(counted) : undefined;
    if (why === undefined) return;
    const stopped = this.end(id, 'stopped', why);
    if (stopped !== undefined) this.#parts.stopped(stopped);
  }

  /**
   * Ends shadows whose time is up, raises shares, and hands on what was counted to be kept. What it gives back has come
   * through all its stages: it is for the caller to make it the setting of all mail.
   */
  tend(): readonly Trial[] {
    const nowMs = this.#parts.clock.now();
    for (const trial of this.list()) {
      if (!isRunning(trial) || nowMs < trial.untilMs || trial.share === 100) continue;
      if (trial.state === 'shadow') this.end(trial.id, 'ended', 'its time was up');
      else this.#put({ ...trial, share: nextShare(trial.share), untilMs: nowMs + trial.everyMs });
    }
    for (const id of this.#uncounted) this.#parts.changed(id, this.#trials.get(id));
    this.#uncounted.clear();
    return this.list().filter(
      ({ share, untilMs, state }) => state === 'stage' && share === 100 && nowMs >= untilMs,
    );
  }

  #put(trial: Trial): void {
    this.#trials.set(trial.id, trial);
    this.#sort();
    this.#parts.changed(trial.id, trial);
  }

  #makeRoom(): void {
    const over = this.list().filter((trial) => !isRunning(trial));
    for (const { id } of over.slice(trialsKeptMax - runningTrialsMax - 1)) {
      this.#trials.delete(id);
      this.#parts.changed(id, undefined);
    }
  }

  #sort(): void {
    this.#running = this.list()
      .filter(isRunning)
      .map(({ id, share, changes }) => ({ id, share, values: valuesUnder(this.#parts.settings, changes) }));
  }
}

/** The values of policy with these settings in the place of the real ones; one that no longer fits is left as it is. */
function valuesUnder(settings: ChangingSettings, changes: Trial['changes']): PolicyValues {
  const changed = new Map(
    Object.entries(changes).flatMap(([name, written]) => {
      const read = replayableSettings.get(name)?.kind.read(written);
      return read?.ok === true ? [[name, read.value] as const] : [];
    }),
  );
  return livePolicyValues({
    value: <T>(row: Setting<T>) =>
      changed.has(row.name) ? (changed.get(row.name) as T) : settings.value(row),
    get version() {
      return settings.version;
    },
  });
}

/**
 * From 0 to below 100. It changes with each stage, and hangs on the millisecond in which that began, which nobody outside
 * knows: else one could choose a sender's name for the side of the stage where one would like to be.
 */
function placeOf(trial: Trial | undefined, subject: string): number {
  const hash = createHash('sha256').update(`${trial?.id} ${trial?.sinceMs} ${subject}`).digest();
  return (hash.readUInt32BE(0) / 2 ** 32) * 100;
}

function nextShare(share: number): number {
  return stageShares.find((next) => next > share) ?? 100;
}

const delivered: ReadonlySet<ReplayedAction> = new Set(['accept', 'junk']);
const keptOut: ReadonlySet<ReplayedAction> = new Set(['refuse', 'defer', 'discard']);

function tallied(tally: TrialTally, outcome: TrialOutcome, nowMs: number): TrialTally {
  const { before, after, isStaged, isUnasked, isAllowed, trace } = outcome;
  const isKeptOut = isStaged && delivered.has(before) && keptOut.has(after);
  const more = {
    ...tally,
    judged: tally.judged + 1,
    staged: tally.staged + Number(isStaged),
    unasked: tally.unasked + Number(isUnasked),
    keptOut: tally.keptOut + Number(isKeptOut),
    allowedKeptOut: tally.allowedKeptOut + Number(isKeptOut && isAllowed),
  };
  if (before === after) return more;
  const change = `${before} → ${after}`;
  const seen: SeenDifference = { trace, atMs: nowMs, change };
  return {
    ...more,
    differences: { ...tally.differences, [change]: (tally.differences[change] ?? 0) + 1 },
    seen: [...tally.seen.slice(1 - seenMax), seen],
  };
}

/** Why a stage must be taken back: it keeps out more than it may, or what the allow list names. */
function beyondBound({ tally, keptOutPercentMax }: Trial): string | undefined {
  const { keptOut: count, allowedKeptOut, staged, complaints } = tally;
  if (complaints.length >= complaintsMax)
    return `${complaints.length} messages that it kept from readers were wanted`;
  if (allowedKeptOut > 0) return 'it kept out mail that the allow list names';
  if (count < keptOutMin || count * 100 <= staged * keptOutPercentMax) return undefined;
  return `it kept out ${count} of ${staged} messages, more than ${keptOutPercentMax} %`;
}
