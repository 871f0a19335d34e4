import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { formatAddress } from '#mail/address.ts';
import type { Address } from '#mail/address.ts';
import { HeaderBuilder, buildMultipart } from '#mail/builder.ts';
import { formatAddressField, formatDateField } from '#mail/header-writer.ts';
import type { DayTally } from './day-tally.ts';
import { messagesOf, tallyKey } from './day-tally.ts';
import { reportPeriod, reportXml } from './report-xml.ts';
import type { Reporter } from './report-xml.ts';

const idChars = 24;

/**
 * RFC 9990 §3.5.1: the same whenever the report is made anew, so that whoever gets it twice sees that. Letters and
 * digits: it is the unique-id of the file's name too, which has to be identical (§3.1.4).
 */
export function reportId(tally: Pick<DayTally, 'day' | 'published'>, reporterDomain: string): string {
  const subject = `${tallyKey(tally)} ${reporterDomain}`;
  return createHash('sha256').update(subject).digest('hex').slice(0, idChars);
}

/** RFC 9990 §3.5.2. */
export function reportFileName(tally: DayTally, reporterDomain: string): string {
  const { begin, end } = reportPeriod(tally);
  const id = reportId(tally, reporterDomain);
  return `${[reporterDomain, tally.published.domain, begin, end, id].join('!')}.xml.gz`;
}

export interface ReportMessageParts {
  readonly tally: DayTally;
  readonly from: Address;
  readonly to: Address;
  readonly reporter: Reporter;
  /** Without angle brackets. */
  readonly messageId: string;
  readonly nowMs: number;
  readonly random: Uint8Array;
}

/** The report as a message (RFC 9990 §3.5.2): a few words for people, and the file. */
export function reportMessage(parts: ReportMessageParts): Uint8Array {
  const { tally, from, to, reporter } = parts;
  const id = reportId(tally, from.domain);
  const { domain } = tally.published;
  const header = new HeaderBuilder()
    .line(formatAddressField('From', [{ name: reporter.organization, address: from }]))
    .line(formatAddressField('To', [{ address: to }]))
    .line(formatDateField('Date', parts.nowMs))
    .structured('Message-ID', `<${parts.messageId}>`)
    .text('Subject', `Report Domain: ${domain} Submitter: ${from.domain} Report-ID: <${id}>`)
    .structured('Auto-Submitted', 'auto-generated');
  const file = gzipSync(reportXml(tally, id, reporter));
  return buildMultipart(header, { subtype: 'mixed', random: parts.random }, [
    { type: 'text/plain', content: words(parts) },
    {
      type: 'application/gzip',
      fileName: reportFileName(tally, from.domain),
      content: file,
      encode: 'base64',
    },
  ]);
}

function words({ tally, from, reporter }: ReportMessageParts): string {
  const { domain } = tally.published;
  const { begin } = reportPeriod(tally);
  const lines = [
    `A DMARC aggregate report (RFC 9990) about ${domain}, from ${reporter.organization}.`,
    `Day: ${new Date(begin * 1000).toISOString().slice(0, 10)} (UTC). Messages: ${messagesOf(tally)}.`,
  ];
  if (tally.untold > 0)
    lines.push(`Not in it: ${tally.untold} further messages, in more kinds than are counted apart.`);
  lines.push(
    '',
    `The DMARC record of ${domain} asks for it. Answers to ${formatAddress(from)} may not be read.`,
    '',
  );
  return lines.join('\r\n');
}
