import type { ClientAddress } from '#base/client-address.ts';
import type { Domain } from '#mail/domain.ts';
import { cleanForeignText } from '#trace/foreign-text.ts';
import type { DmarcDisposition, PolicyOverride } from './dmarc-disposition.ts';
import type { AlignedDkim, AlignedSpf, Alignment, DmarcOutcome, FoundPolicy } from './dmarc-outcome.ts';
import type { DmarcPolicy } from './dmarc-record.ts';

/**
 * What an aggregate report says of one message (RFC 9990 §3.1.1), as plain data: messages with equal rows are counted
 * together, rows with equal `published` go into one report to its `rua` (I-47). Nothing in it names a person: no local
 * parts, no recipients, no words of our administrators (S-11).
 */
export interface AggregateRow {
  readonly v: 1;
  readonly published: PublishedPolicy;
  readonly sourceAddress: ClientAddress;
  /** `pass`: passed under a policy that asks for something. */
  readonly disposition: DmarcPolicy | 'pass';
  readonly dkimAligned: boolean;
  readonly spfAligned: boolean;
  readonly overrides: readonly PolicyOverride[];
  readonly headerFrom: Domain;
  /** Domain of MAIL FROM; empty for the null sender. */
  readonly envelopeFrom: string;
  /** Those that tell most come first (RFC 9990 §3.1.3). */
  readonly dkim: readonly { readonly domain: string; readonly selector: string; readonly result: string }[];
  readonly spf: { readonly domain: string; readonly result: string } | undefined;
}

/** RFC 9990 §3.1.1.5, with the addresses that want to hear of it. */
export interface PublishedPolicy {
  readonly domain: Domain;
  readonly discoveryMethod: 'treewalk';
  readonly p: DmarcPolicy;
  readonly sp: DmarcPolicy | undefined;
  readonly np: DmarcPolicy | undefined;
  readonly adkim: 'r' | 's';
  readonly aspf: 'r' | 's';
  readonly fo: string;
  readonly testing: 'y' | 'n';
  readonly rua: readonly string[];
}

/** RFC 9990 §3.1.3 allows 100; more than are ever verified cannot tell anything. */
export const reportedSignaturesMax = 10;

export interface ReportedMessage {
  readonly outcome: DmarcOutcome;
  readonly decided: DmarcDisposition;
  readonly client: ClientAddress;
  /** Domain of MAIL FROM as the client said it; empty for the null sender. */
  readonly envelopeFrom: string;
}

/**
 * The row of a message, whatever became of it afterwards; `undefined` where nobody asked for reports (RFC 9989 §4.7
 * `rua`) or where DMARC came to no result.
 */
export function aggregateRow(message: ReportedMessage): AggregateRow | undefined {
  const { outcome, decided, client, envelopeFrom } = message;
  const { policy, result, dkim, spf } = outcome;
  if (policy === undefined || policy.record.rua.length === 0) return undefined;
  if (result !== 'pass' && result !== 'fail') return undefined;
  return {
    v: 1,
    published: publishedPolicy(policy),
    sourceAddress: client,
    disposition: result === 'pass' && policy.wanted !== 'none' ? 'pass' : decided.disposition,
    dkimAligned: dkim.some(vouches),
    spfAligned: spf !== undefined && vouches(spf),
    overrides: decided.overrides,
    headerFrom: outcome.authorDomain,
    envelopeFrom: cleanForeignText(envelopeFrom),
    dkim: reportedSignatures(dkim),
    spf: spf === undefined ? undefined : { domain: cleanForeignText(spf.domain), result: spf.result },
  };
}

/** Equal for messages that are counted together; rows are made in one place, so their keys stand in one order. */
export function aggregateRowKey(row: AggregateRow): string {
  return JSON.stringify(row);
}

function publishedPolicy({ domain, record }: FoundPolicy): PublishedPolicy {
  return {
    domain,
    discoveryMethod: 'treewalk',
    p: record.p ?? 'none',
    sp: record.sp,
    np: record.np,
    adkim: record.adkim === 'strict' ? 's' : 'r',
    aspf: record.aspf === 'strict' ? 's' : 'r',
    fo: record.fo,
    testing: record.testing ? 'y' : 'n',
    rua: record.rua,
  };
}

function vouches({ result, alignment }: AlignedSpf | AlignedDkim): boolean {
  return result === 'pass' && (alignment === 'strict' || alignment === 'relaxed');
}

function reportedSignatures(dkim: readonly AlignedDkim[]): AggregateRow['dkim'] {
  return dkim
    .toSorted((a, b) => rank(a) - rank(b))
    .slice(0, reportedSignaturesMax)
    .map(({ domain = '', selector = '', result }) => ({
      domain: cleanForeignText(domain),
      selector: cleanForeignText(selector),
      result,
    }));
}

const ranks: Readonly<Record<Alignment, number>> = { strict: 0, relaxed: 1, none: 2, unknown: 2 };

function rank({ result, alignment }: AlignedDkim): number {
  return result === 'pass' ? ranks[alignment] : 3;
}
