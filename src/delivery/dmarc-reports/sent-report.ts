/** `begun`: handed to the queue, or just about to be when the server ended; it is never handed over twice. */
export type SentOutcome = 'queued' | 'begun' | 'refused';

export interface SentDestination {
  /** As the domain's record names it, cleaned and cut. */
  readonly uri: string;
  /** Where it goes; empty when nothing was sent. */
  readonly to: string;
  readonly outcome: SentOutcome;
  /** The queue id, or why nothing was sent there. */
  readonly detail: string;
}

/** What became of the report of one day about one policy domain. */
export interface SentReport {
  readonly day: number;
  readonly domain: string;
  readonly messages: number;
  readonly rows: number;
  readonly atMs: number;
  readonly destinations: readonly SentDestination[];
}

export function sentKey({ day, domain }: Pick<SentReport, 'day' | 'domain'>): string {
  return `${day} ${domain}`;
}

/** As it was kept; `undefined` when this version cannot read it. */
export function readSentReport(
  value: unknown,
): { readonly key: string; readonly row: SentReport } | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const row = value as SentReport;
  const numbers = [row.day, row.messages, row.rows, row.atMs];
  if (typeof row.domain !== 'string' || !numbers.every((one) => typeof one === 'number')) return undefined;
  if (!Array.isArray(row.destinations) || !row.destinations.every(isDestination)) return undefined;
  return { key: sentKey(row), row };
}

function isDestination(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { uri, to, outcome, detail } = value as Partial<SentDestination>;
  return (
    typeof uri === 'string' &&
    typeof to === 'string' &&
    typeof outcome === 'string' &&
    typeof detail === 'string'
  );
}
