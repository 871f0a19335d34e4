import type { Network } from '#base/client-address.ts';
import type { Domain } from '#mail/domain.ts';
import type { ReportDisposition, ReportRow } from '#mailauth/dmarc/report/aggregate-report.ts';
import type { KeptReport } from './kept-report.ts';

/** What all reports together say of mail from one source in the name of one domain. */
export interface ReportedSource {
  readonly domain: Domain;
  readonly source: Network;
  readonly messages: number;
  /** Of them, those in line by SPF, by DKIM, and by neither. */
  readonly spfAligned: number;
  readonly dkimAligned: number;
  readonly failed: number;
  /** What others did with them. */
  readonly dispositions: Readonly<Record<ReportDisposition, number>>;
  /** Whose signature held, and whose return path passed, without being in line. */
  readonly signer: Domain | undefined;
  readonly returnPath: Domain | undefined;
  readonly reporters: readonly string[];
}

/** By domain, then those with most messages that failed, then with most messages. */
export function summarizeReports(reports: readonly KeptReport[]): readonly ReportedSource[] {
  const sums = new Map<string, Sum>();
  for (const report of reports)
    for (const row of report.rows) {
      const domain = row.from ?? report.domain;
      const key = `${domain} ${row.source}`;
      const sum = sums.get(key) ?? newSum(domain, row.source);
      sums.set(key, sum);
      addRow(sum, row, report.reporter ?? `${report.org} (unproven)`);
    }
  return [...sums.values()]
    .map(({ reporters, ...sum }) => ({ ...sum, reporters: [...reporters].toSorted() }))
    .toSorted((a, b) => a.domain.localeCompare(b.domain) || b.failed - a.failed || b.messages - a.messages);
}

interface Sum {
  readonly domain: Domain;
  readonly source: Network;
  messages: number;
  spfAligned: number;
  dkimAligned: number;
  failed: number;
  readonly dispositions: Record<ReportDisposition, number>;
  signer: Domain | undefined;
  returnPath: Domain | undefined;
  readonly reporters: Set<string>;
}

function newSum(domain: Domain, source: Network): Sum {
  return {
    domain,
    source,
    messages: 0,
    spfAligned: 0,
    dkimAligned: 0,
    failed: 0,
    dispositions: { none: 0, quarantine: 0, reject: 0, pass: 0 },
    signer: undefined,
    returnPath: undefined,
    reporters: new Set(),
  };
}

function addRow(sum: Sum, row: ReportRow, reporter: string): void {
  const { messages, spfAligned, dkimAligned } = row;
  sum.messages += messages;
  sum.spfAligned += spfAligned ? messages : 0;
  sum.dkimAligned += dkimAligned ? messages : 0;
  sum.failed += spfAligned || dkimAligned ? 0 : messages;
  sum.dispositions[row.disposition] += messages;
  if (!dkimAligned) sum.signer ??= row.signer;
  if (!spfAligned) sum.returnPath ??= row.returnPath;
  sum.reporters.add(reporter);
}

/** What to do about a source, in words. */
export function sourceAdvice(sum: ReportedSource): string {
  const { domain, signer, returnPath, messages, failed, dkimAligned } = sum;
  const address = sum.source.replace(/\/(?:32|128)$/, '');
  if (failed === 0 && dkimAligned === messages) return 'all of it is proven to be yours: nothing to do';
  if (failed === 0)
    return `it is proven by SPF alone for part of the mail, which forwarding breaks: have ${address} sign with DKIM as ${domain}`;
  const count = `${failed} ${failed === 1 ? 'message' : 'messages'}`;
  const begun = `${address} sends ${count} in the name of ${domain} that nothing proves`;
  if (signer !== undefined)
    return `${begun}: it signs as ${signer}; if that is a service of yours, have it sign as ${domain}, if not, somebody forwards or forges`;
  if (returnPath !== undefined)
    return `${begun}: its return path is at ${returnPath}; if that is a service of yours, have it sign with DKIM as ${domain}, if not, somebody forges`;
  return dkimAligned + sum.spfAligned > 0
    ? `${begun}, and some that is proven: look why its signatures break or are missing`
    : `${begun}, with neither SPF nor DKIM: a machine of yours belongs into your SPF record and has to sign; anybody else forges, and p=quarantine, then p=reject stops him`;
}
