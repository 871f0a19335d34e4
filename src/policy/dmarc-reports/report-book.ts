import type { Domain } from '#mail/domain.ts';
import type { Clock } from '#platform/clock.ts';
import { reportKey } from './kept-report.ts';
import type { KeptReport } from './kept-report.ts';

const dayMs = 86_400_000;

/** S-09: reports that are kept, whoever sends them. */
export const reportBookBounds = {
  /** Counted from the end of the time that a report is about. */
  keptForMs: 90 * dayMs,
  /** A clock that runs ahead is forgiven so much. */
  aheadMs: 2 * dayMs,
  reportsMax: 5_000,
  /** Rows of all reports together: what is kept stays a few megabytes. */
  rowsMax: 20_000,
  /** Within a day, of one reporter on one domain: some send one every hour. */
  perDomainAndDayMax: 30,
  /** Within a day, of one reporter. */
  perReporterAndDayMax: 500,
  /** Within a day, of all whom nothing proves, and kept of them. */
  unprovenPerDayMax: 50,
  unprovenMax: 200,
} as const;

export type ReportEnd = 'kept' | 'known' | 'too-many' | 'too-old' | 'too-early';

export interface ReportBookParts {
  readonly clock: Pick<Clock, 'now'>;
  /** To be kept over a restart. */
  readonly changed: (key: string, report: KeptReport | undefined) => void;
}

export interface ReportFilter {
  /** This domain and those below it; without it all. */
  readonly domain: Domain | undefined;
  /** Of a time that ended then or later. */
  readonly sinceMs: number;
  /** Also reports that nothing proves. */
  readonly isAll: boolean;
}

/**
 * The reports on our domains, with an end to their number and age. Where room ends, what nothing proves goes first, then the
 * oldest of whoever takes most room: who floods it loses only reports of his own.
 */
export class ReportBook {
  readonly #parts: ReportBookParts;
  readonly #reports = new Map<string, KeptReport>();

  constructor(parts: ReportBookParts) {
    this.#parts = parts;
  }

  restore(reports: readonly KeptReport[]): void {
    for (const report of reports) this.#reports.set(reportKey(report), report);
    this.expire();
  }

  add(report: KeptReport): ReportEnd {
    this.expire();
    const nowMs = this.#parts.clock.now();
    const key = reportKey(report);
    if (this.#reports.has(key)) return 'known';
    if (report.endMs > nowMs + reportBookBounds.aheadMs) return 'too-early';
    if (isOld(report, nowMs)) return 'too-old';
    if (this.#hasManyOf(report, nowMs)) return 'too-many';
    this.#reports.set(key, report);
    this.#parts.changed(key, report);
    this.#makeRoom();
    return this.#reports.has(key) ? 'kept' : 'too-many';
  }

  /** Newest first. */
  list({ domain, sinceMs, isAll }: ReportFilter): readonly KeptReport[] {
    this.expire();
    return [...this.#reports.values()]
      .filter((report) => report.endMs >= sinceMs && (isAll || report.reporter !== undefined))
      .filter((report) => domain === undefined || isBelow(report.domain, domain))
      .toSorted((a, b) => b.endMs - a.endMs);
  }

  expire(): void {
    const nowMs = this.#parts.clock.now();
    for (const [key, report] of this.#reports) if (isOld(report, nowMs)) this.#remove(key);
  }

  #hasManyOf({ reporter, domain }: KeptReport, nowMs: number): boolean {
    const today = [...this.#reports.values()].filter(
      (one) => one.reporter === reporter && one.receivedAtMs > nowMs - dayMs,
    );
    if (reporter === undefined) return today.length >= reportBookBounds.unprovenPerDayMax;
    const onDomain = today.filter((one) => one.domain === domain);
    return (
      today.length >= reportBookBounds.perReporterAndDayMax ||
      onDomain.length >= reportBookBounds.perDomainAndDayMax
    );
  }

  #makeRoom(): void {
    const { reportsMax, rowsMax, unprovenMax } = reportBookBounds;
    for (;;) {
      const loads = loadsOf(this.#reports.values());
      const unproven = loads.get(undefined);
      const total = [...loads.values()].reduce((sum, load) => sum + load.rows, 0);
      const isFull = this.#reports.size > reportsMax || total > rowsMax;
      if (!isFull && (unproven?.reports ?? 0) <= unprovenMax) return;
      const heaviest = [...loads].toSorted(([, a], [, b]) => b.rows - a.rows)[0]?.[0];
      this.#dropOldest(unproven === undefined ? heaviest : undefined);
    }
  }

  #dropOldest(reporter: Domain | undefined): void {
    const [oldest] = [...this.#reports]
      .filter(([, report]) => report.reporter === reporter)
      .toSorted(([, a], [, b]) => a.receivedAtMs - b.receivedAtMs);
    if (oldest !== undefined) this.#remove(oldest[0]);
  }

  #remove(key: string): void {
    this.#reports.delete(key);
    this.#parts.changed(key, undefined);
  }
}

interface Load {
  reports: number;
  rows: number;
}

function loadsOf(reports: Iterable<KeptReport>): ReadonlyMap<Domain | undefined, Load> {
  const loads = new Map<Domain | undefined, Load>();
  for (const { reporter, rows } of reports) {
    const load = loads.get(reporter) ?? { reports: 0, rows: 0 };
    load.reports += 1;
    // The report itself takes room too.
    load.rows += 1 + rows.length;
    loads.set(reporter, load);
  }
  return loads;
}

function isOld({ endMs }: KeptReport, nowMs: number): boolean {
  return endMs < nowMs - reportBookBounds.keptForMs;
}

function isBelow(name: Domain, domain: Domain): boolean {
  return name === domain || name.endsWith(`.${domain}`);
}
