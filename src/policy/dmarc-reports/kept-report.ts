import { createHash } from 'node:crypto';
import { parseNetwork } from '#base/client-address.ts';
import { parseDomain } from '#mail/domain.ts';
import type { Domain } from '#mail/domain.ts';
import { reportBounds } from '#mailauth/dmarc/report/aggregate-report.ts';
import type {
  AggregateReport,
  ReportDisposition,
  ReportRow,
} from '#mailauth/dmarc/report/aggregate-report.ts';
import { cleanForeignText } from '#trace/foreign-text.ts';

/** A report together with what proves who sent it. */
export interface KeptReport extends AggregateReport {
  /** The organizational domain that DMARC has proven the message to be from; `undefined`: anybody may have written it. */
  readonly reporter: Domain | undefined;
  readonly receivedAtMs: number;
}

/** One report comes once from each who sends it: nobody takes the place of another's by its name. */
export function reportKey({ reporter, org, id, domain }: KeptReport): string {
  const names = JSON.stringify([reporter ?? null, org, id, domain]);
  return createHash('sha256').update(names).digest('base64url').slice(0, 22);
}

/** A report as it was kept; `undefined` when it is none that this version can read. */
export function readKeptReport(
  value: unknown,
): { readonly key: string; readonly row: KeptReport } | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const given = value as Record<string, unknown>;
  const [beginMs, endMs, receivedAtMs] = [given['beginMs'], given['endMs'], given['receivedAtMs']].map(
    numberOf,
  );
  const domain = domainOf(given['domain']);
  const { org, id, rows } = given;
  if (typeof org !== 'string' || typeof id !== 'string' || !Array.isArray(rows)) return undefined;
  if (domain === undefined || beginMs === undefined || endMs === undefined || receivedAtMs === undefined)
    return undefined;
  const row: KeptReport = {
    reporter: domainOf(given['reporter']),
    org: cleanForeignText(org, reportBounds.orgBytesMax),
    id: cleanForeignText(id, reportBounds.idBytesMax),
    beginMs,
    endMs,
    receivedAtMs,
    domain,
    rows: rows.slice(0, reportBounds.rowsMax).flatMap(readRow),
    otherMessages: numberOf(given['otherMessages']) ?? 0,
    unread: numberOf(given['unread']) ?? 0,
  };
  return { key: reportKey(row), row };
}

const dispositions: readonly ReportDisposition[] = ['none', 'quarantine', 'reject', 'pass'];

function readRow(value: unknown): readonly ReportRow[] {
  if (typeof value !== 'object' || value === null) return [];
  const given = value as Record<string, unknown>;
  const source = typeof given['source'] === 'string' ? parseNetwork(given['source']) : undefined;
  const messages = numberOf(given['messages']);
  const disposition = dispositions.find((one) => one === given['disposition']);
  if (source === undefined || messages === undefined || disposition === undefined) return [];
  return [
    {
      source,
      messages,
      disposition,
      dkimAligned: given['dkimAligned'] === true,
      spfAligned: given['spfAligned'] === true,
      from: domainOf(given['from']),
      signer: domainOf(given['signer']),
      returnPath: domainOf(given['returnPath']),
    },
  ];
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

function domainOf(value: unknown): Domain | undefined {
  const parsed = typeof value === 'string' ? parseDomain(value) : undefined;
  return parsed?.ok === true ? parsed.value : undefined;
}
