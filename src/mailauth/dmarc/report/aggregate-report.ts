import type { Network } from '#base/client-address.ts';
import type { Domain } from '#mail/domain.ts';
import type { DmarcPolicy } from '../dmarc-record.ts';

/** S-09: what is kept of one report. */
export const reportBounds = {
  /** Records that are looked at. */
  recordsMax: 10_000,
  /** Different sources that are told apart, those with most messages first. */
  rowsMax: 100,
  orgBytesMax: 100,
  idBytesMax: 200,
  /** RFC 9990 §3.1: a day or less; some make it longer. */
  daysMax: 32,
} as const;

/** What one server saw of mail in the name of a domain, as it claims (RFC 9990 §3.1, RFC 7489 Appendix C). */
export interface AggregateReport {
  /** Who says to have made it; printable. */
  readonly org: string;
  /** Unique to `org`, as it says; printable. */
  readonly id: string;
  readonly beginMs: number;
  readonly endMs: number;
  /** Whose policy it is about. */
  readonly domain: Domain;
  readonly rows: readonly ReportRow[];
  /** Messages of sources beyond those that are told apart. */
  readonly otherMessages: number;
  /** Records that made no sense. */
  readonly unread: number;
}

/** Messages that came to the same end. */
export interface ReportRow {
  /** The address; of IPv6 its /64 (S-07). */
  readonly source: Network;
  readonly messages: number;
  readonly disposition: ReportDisposition;
  /** Passed and in line with the author's domain. */
  readonly dkimAligned: boolean;
  readonly spfAligned: boolean;
  /** In whose name it was sent, where that is not `domain` itself. */
  readonly from: Domain | undefined;
  /** A domain whose signature held, in line or not. */
  readonly signer: Domain | undefined;
  /** A domain that passed SPF, in line or not. */
  readonly returnPath: Domain | undefined;
}

/** RFC 9990 §3.1.1.6 adds `pass`. */
export type ReportDisposition = DmarcPolicy | 'pass';
