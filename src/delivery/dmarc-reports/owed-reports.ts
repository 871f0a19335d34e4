import type { AggregateRow, PublishedPolicy } from '#mailauth/dmarc/aggregate-row.ts';
import type { Clock } from '#platform/clock.ts';
import { dayMs, messagesOf, tallyKey } from './day-tally.ts';
import type { CountedRow, DayTally } from './day-tally.ts';
import { sentKey } from './sent-report.ts';
import type { SentReport } from './sent-report.ts';

/** S-09: whoever sends us mail chooses how many domains and rows there are; the rarest give way. */
export const talliesMax = 500;
export const rowsPerTallyMax = 100;
export const rowsMax = 3_000;
/** Of one row as it is kept; signatures are left out, those that tell least first, so that it fits. */
export const rowCharsMax = 3_000;
/** What could not be sent by then is let go (RFC 9990 §3.5). */
const tallyDaysMax = 3;
export const sentReportsMax = 2_000;
export const sentDaysMax = 30;

export interface OwedReportsParts {
  readonly clock: Clock;
  readonly tallyChanged: (key: string, tally: DayTally | undefined) => void;
  readonly sentChanged: (key: string, sent: SentReport | undefined) => void;
}

interface OpenTally {
  readonly day: number;
  published: PublishedPolicy;
  readonly rows: Map<string, CountedRow>;
  messages: number;
  untold: number;
}

/** What is reported to others (I-47): counted by day and policy domain, and what became of it. */
export class OwedReports {
  readonly #parts: OwedReportsParts;
  readonly #tallies = new Map<string, OpenTally>();
  readonly #sent = new Map<string, SentReport>();
  /** Changed, and not yet handed to who keeps them. */
  readonly #dirty = new Set<string>();
  #rows = 0;
  #dropped = 0;

  constructor(parts: OwedReportsParts) {
    this.#parts = parts;
  }

  get today(): number {
    return Math.floor(this.#parts.clock.now() / dayMs);
  }

  restore(tallies: readonly DayTally[], sent: readonly SentReport[]): void {
    for (const tally of tallies.slice(0, talliesMax)) {
      const rows = new Map(tally.rows.slice(0, rowsPerTallyMax).map((one) => [keyOf(one.row), one]));
      this.#rows += rows.size;
      const { day, published, untold } = tally;
      this.#tallies.set(tallyKey(tally), { day, published, rows, untold, messages: messagesOf(tally) });
    }
    for (const one of sent.slice(0, sentReportsMax)) this.#sent.set(sentKey(one), one);
  }

  /** Never throws and never waits: it stands in the way of mail. */
  count(full: AggregateRow): void {
    const { published, ...row } = fitting(full);
    const tally = this.#tallyOf(published);
    tally.published = published;
    const key = keyOf(row);
    const known = tally.rows.get(key);
    if (known === undefined) this.#makeRoom(tally);
    const count = (known?.count ?? 0) + 1;
    if (known === undefined) this.#rows += 1;
    tally.rows.set(key, { row, count });
    tally.messages += 1;
    this.#dirty.add(tallyKey(tally));
  }

  /** Those of days that are over, oldest first. */
  due(): readonly DayTally[] {
    return this.list()
      .filter(({ day }) => day < this.today)
      .toSorted((a, b) => a.day - b.day);
  }

  list(): readonly DayTally[] {
    return [...this.#tallies.values()].map(closed);
  }

  sent(): readonly SentReport[] {
    return [...this.#sent.values()].toSorted((a, b) => b.atMs - a.atMs);
  }

  findSent(key: string): SentReport | undefined {
    return this.#sent.get(key);
  }

  note(sent: SentReport): void {
    const key = sentKey(sent);
    this.#sent.set(key, sent);
    this.#parts.sentChanged(key, sent);
  }

  /** Takes back what could not be put on disk. */
  restoreSent(key: string, before: SentReport | undefined): void {
    if (before === undefined) this.#sent.delete(key);
    else this.#sent.set(key, before);
    this.#parts.sentChanged(key, before);
  }

  /** Nothing more becomes of it. */
  close(tally: DayTally): void {
    this.#forget(tallyKey(tally));
  }

  /** Lets go what is too old, and hands on what changed; returns how many messages were let go untold since. */
  tend(): number {
    const { today } = this;
    for (const [key, { day, messages }] of this.#tallies)
      if (day < today - tallyDaysMax || day > today) {
        this.#dropped += messages;
        this.#forget(key);
      }
    this.#tendSent(today);
    for (const key of this.#dirty) {
      const tally = this.#tallies.get(key);
      if (tally !== undefined) this.#parts.tallyChanged(key, closed(tally));
    }
    this.#dirty.clear();
    const dropped = this.#dropped;
    this.#dropped = 0;
    return dropped;
  }

  #tendSent(today: number): void {
    const excess = Math.max(0, this.#sent.size - sentReportsMax);
    const oldest = [...this.#sent].toSorted(([, a], [, b]) => a.day - b.day);
    for (const [index, [key, { day }]] of oldest.entries()) {
      if (index >= excess && day >= today - sentDaysMax) break;
      this.#sent.delete(key);
      this.#parts.sentChanged(key, undefined);
    }
  }

  #tallyOf(published: PublishedPolicy): OpenTally {
    const { today } = this;
    const key = tallyKey({ day: today, published });
    const known = this.#tallies.get(key);
    if (known !== undefined) return known;
    if (this.#tallies.size >= talliesMax) this.#dropRarest();
    const made: OpenTally = { day: today, published, rows: new Map(), messages: 0, untold: 0 };
    this.#tallies.set(key, made);
    return made;
  }

  #makeRoom(tally: OpenTally): void {
    if (tally.rows.size >= rowsPerTallyMax) this.#dropRow(tally);
    else if (this.#rows >= rowsMax) {
      if (this.#tallies.size > 1) this.#dropRarest(tally);
      else this.#dropRow(tally);
    }
  }

  #dropRow(tally: OpenTally): void {
    const [rarest] = [...tally.rows].reduce((a, b) => (b[1].count < a[1].count ? b : a));
    const count = tally.rows.get(rarest)?.count ?? 0;
    tally.rows.delete(rarest);
    this.#rows -= 1;
    tally.messages -= count;
    tally.untold += count;
    this.#dropped += count;
  }

  /** The policy domain with the fewest messages, the oldest of those. */
  #dropRarest(except?: OpenTally): void {
    let rarest: string | undefined;
    let fewest = Number.POSITIVE_INFINITY;
    for (const [key, tally] of this.#tallies)
      if (tally !== except && tally.messages < fewest) [rarest, fewest] = [key, tally.messages];
    if (rarest === undefined) return;
    this.#dropped += fewest;
    this.#forget(rarest);
  }

  #forget(key: string): void {
    const tally = this.#tallies.get(key);
    if (tally === undefined) return;
    this.#rows -= tally.rows.size;
    this.#tallies.delete(key);
    this.#dirty.delete(key);
    this.#parts.tallyChanged(key, undefined);
  }
}

function closed({ day, published, rows, untold }: OpenTally): DayTally {
  return { day, published, rows: [...rows.values()], untold };
}

function keyOf(row: CountedRow['row']): string {
  return JSON.stringify(row);
}

/** The row without the signatures that make it too long; `v` goes with the policy. */
function fitting(full: AggregateRow): Omit<AggregateRow, 'v'> {
  const { v: _version, ...row } = full;
  const { published: _published, ...bare } = row;
  let charsLeft = rowCharsMax - JSON.stringify({ ...bare, dkim: [] }).length;
  const dkim = row.dkim.filter((signature) => (charsLeft -= JSON.stringify(signature).length + 1) >= 0);
  return dkim.length === row.dkim.length ? row : { ...row, dkim };
}
