import { formatAddress, needsSmtpUtf8 } from './address.ts';
import type { Address } from './address.ts';
import { HeaderBuilder, buildMultipart } from './builder.ts';
import { formatDate } from './date.ts';
import { formatAddressField, formatDateField } from './header-writer.ts';

/** What became of one recipient (RFC 3464 §2.3). */
export interface DsnRecipient {
  /** As it was delivered to. */
  readonly final: Address;
  /** As the sender wrote it. */
  readonly original: Address;
  readonly action: 'failed' | 'delayed';
  /** RFC 3463, e.g. `5.1.1`. */
  readonly status: string;
  /** The server that decided, when one did. */
  readonly remote: string | undefined;
  /** The server's words when `remote` is set, else ours. */
  readonly diagnostic: string;
  readonly lastAttemptMs: number;
}

export interface DsnFacts {
  /** Our name. */
  readonly reportingMta: string;
  readonly from: Address;
  /** The return path of the message. */
  readonly to: Address;
  readonly messageId: string;
  /** When the message was accepted. */
  readonly arrivedAtMs: number;
  readonly nowMs: number;
  readonly recipients: readonly DsnRecipient[];
  /** The header of the message, never its body (S-04). */
  readonly originalHeader: Uint8Array;
  /** At least 16 bytes of chance. */
  readonly random: Uint8Array;
}

/** Of the original's header; what is more is cut at a line. */
export const dsnHeaderBytesMax = 65_536;

/**
 * A delivery status notification (RFC 3464 in RFC 6522's multipart/report, RFC 6533 where an address is not ASCII): for
 * people, for programs, and the header of the message. Foreign words come in as one line each and stay that (S-05).
 */
export function buildDsn(facts: DsnFacts): Uint8Array {
  const international = dsnNeedsUtf8(facts);
  const header = new HeaderBuilder()
    .line(formatAddressField('From', [{ name: 'Mail Delivery System', address: facts.from }]))
    .line(formatAddressField('To', [{ address: facts.to }]))
    .line(formatDateField('Date', facts.nowMs))
    .structured('Message-ID', `<${facts.messageId}>`)
    .text('Subject', subjectOf(facts))
    // RFC 3834 §5.
    .structured('Auto-Submitted', 'auto-replied');
  const status = international ? 'message/global-delivery-status' : 'message/delivery-status';
  const original = international ? 'message/global-headers' : 'text/rfc822-headers';
  const parameters = { 'report-type': international ? 'global-delivery-status' : 'delivery-status' };
  return buildMultipart(header, { subtype: 'report', parameters, random: facts.random }, [
    { type: 'text/plain', description: 'Notification', content: wordsFor(facts) },
    {
      type: status,
      description: 'Delivery report',
      content: statusFields(facts, international),
      encode: 'none',
    },
    {
      type: original,
      description: 'Header of the message',
      content: cutHeader(facts.originalHeader),
      encode: 'auto',
    },
  ]);
}

/** Does the notification itself need SMTPUTF8? */
export function dsnNeedsUtf8({ to, recipients }: Pick<DsnFacts, 'to' | 'recipients'>): boolean {
  return (
    needsSmtpUtf8(to) || recipients.some((one) => needsSmtpUtf8(one.final) || needsSmtpUtf8(one.original))
  );
}

function subjectOf({ recipients }: DsnFacts): string {
  const failed = recipients.some((one) => one.action === 'failed');
  return failed ? 'Your message could not be delivered' : 'Your message is not delivered yet';
}

/** RFC 3464 §1.1: the part for people. */
function wordsFor({ reportingMta, recipients, arrivedAtMs }: DsnFacts): string {
  const lines = [
    `This is the mail system at ${reportingMta}.`,
    '',
    `A message you sent on ${formatDate(arrivedAtMs)} could not be delivered to:`,
  ];
  for (const one of recipients) {
    lines.push('', `  ${formatAddress(one.original)}`);
    if (one.remote === undefined) lines.push(`    ${line(one.diagnostic)}`);
    else lines.push(`    the server ${line(one.remote)} said:`, `    ${line(one.diagnostic)}`);
  }
  lines.push('', 'The report below is for programs; the header of your message follows it.', '');
  return lines.join('\r\n');
}

/** RFC 3464 §2.2 and §2.3: a group for the message, then one for each recipient. */
function statusFields(facts: DsnFacts, international: boolean): string {
  const message = [
    `Reporting-MTA: dns; ${facts.reportingMta}`,
    `Arrival-Date: ${formatDate(facts.arrivedAtMs)}`,
  ];
  const groups = facts.recipients.map((one) => recipientFields(one, international));
  return [message, ...groups].map((group) => `${group.join('\r\n')}\r\n`).join('\r\n');
}

function recipientFields(one: DsnRecipient, international: boolean): readonly string[] {
  const typed = (address: Address): string =>
    `${needsSmtpUtf8(address) ? 'utf-8' : 'rfc822'}; ${formatAddress(address)}`;
  const words = international ? line(one.diagnostic) : ascii(line(one.diagnostic));
  return [
    `Original-Recipient: ${typed(one.original)}`,
    `Final-Recipient: ${typed(one.final)}`,
    `Action: ${one.action}`,
    `Status: ${one.status}`,
    ...(one.remote === undefined ? [] : [`Remote-MTA: dns; ${ascii(line(one.remote))}`]),
    `Diagnostic-Code: ${one.remote === undefined ? 'x-postern' : 'smtp'}; ${words}`,
    `Last-Attempt-Date: ${formatDate(one.lastAttemptMs)}`,
  ];
}

/** Whatever comes in, nothing in it begins a new line. */
function line(text: string): string {
  return text.toWellFormed().replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
}

function ascii(text: string): string {
  return text.replaceAll(/\P{ASCII}/gu, '?');
}

function cutHeader(header: Uint8Array): Uint8Array {
  if (header.length <= dsnHeaderBytesMax) return header;
  const cut = Buffer.from(header.subarray(0, dsnHeaderBytesMax));
  return cut.subarray(0, cut.lastIndexOf('\n') + 1);
}
