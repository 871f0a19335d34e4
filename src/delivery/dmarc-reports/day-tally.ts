import type { AggregateRow, PublishedPolicy } from '#mailauth/dmarc/aggregate-row.ts';

export const dayMs = 86_400_000;

/** A row without what its report says once. */
export type ReportedRow = Omit<AggregateRow, 'v' | 'published'>;

export interface CountedRow {
  readonly row: ReportedRow;
  readonly count: number;
}

/** The mail of one UTC day under one policy, as it is reported (RFC 9990 §3.1.1). */
export interface DayTally {
  /** Days since 1970. */
  readonly day: number;
  /** As last seen on that day (RFC 9990 §3.3 leaves it to us). */
  readonly published: PublishedPolicy;
  readonly rows: readonly CountedRow[];
  /** Messages whose rows were let go: more kinds of them than are kept. */
  readonly untold: number;
}

export function tallyKey({ day, published }: Pick<DayTally, 'day' | 'published'>): string {
  return `${day} ${published.domain}`;
}

export function messagesOf({ rows }: Pick<DayTally, 'rows'>): number {
  return rows.reduce((sum, { count }) => sum + count, 0);
}

/** A tally as it was kept; `undefined` when this version cannot read it. */
export function readTally(value: unknown): { readonly key: string; readonly row: DayTally } | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { day, published, rows, untold } = value as Partial<DayTally>;
  if (typeof day !== 'number' || typeof untold !== 'number') return undefined;
  if (typeof published?.domain !== 'string' || !Array.isArray(published.rua)) return undefined;
  if (!Array.isArray(rows) || !rows.every(isCounted)) return undefined;
  const row = { day, published, rows, untold };
  return { key: tallyKey(row), row };
}

function isCounted(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { row, count } = value as Partial<CountedRow>;
  return (
    typeof count === 'number' &&
    typeof row?.sourceAddress === 'string' &&
    Array.isArray(row.dkim) &&
    Array.isArray(row.overrides)
  );
}
