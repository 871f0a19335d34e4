import { err } from '#base/result.ts';
import { parseMessage } from '#mail/message-parser.ts';
import type { Part } from '#mail/summary.ts';
import { decodeTransfer } from '#mail/transfer-encoding.ts';
import { readAggregateReport } from '#mailauth/dmarc/report/read-aggregate-report.ts';
import { reportMessageBytesMax } from './report-request.ts';
import type { ReportReply, ReportRequest } from './report-request.ts';
import { unpackReport } from './unpack-report.ts';

/** As reports are attached (RFC 9990 §3.3.1 wants gzip or plain; RFC 7489 §7.2.1.1 and many more than it names). */
const reportTypes: ReadonlySet<string> = new Set([
  'application/gzip',
  'application/x-gzip',
  'application/zip',
  'application/x-zip',
  'application/x-zip-compressed',
  'text/xml',
  'application/xml',
  'application/octet-stream',
]);

const reportNames = /\.(?:xml|xml\.gz|gz|zip)$/i;

/** Reads the one report that a message brings (`reportEngine`). Never throws; bounded but for the time. */
export async function run({ message }: ReportRequest): Promise<ReportReply> {
  if (message.byteLength > reportMessageBytesMax) return err('the message is larger than is read');
  const summary = parseMessage(message);
  // RFC 9990 §3.3: one report in a message.
  const [part, another] = reportParts(summary.structure);
  if (part === undefined) return err('no report is attached');
  if (another !== undefined) return err('more than one file is attached that could be a report');
  const octets = decodeTransfer(message.subarray(part.body.start, part.body.end), part.encoding);
  const xml = await unpackReport(octets);
  return xml.ok ? readAggregateReport(xml.value) : xml;
}

function reportParts(part: Part): readonly Part[] {
  if (part.type === 'multipart') return part.parts.flatMap(reportParts);
  const type = `${part.type}/${part.subtype}`;
  if (!reportTypes.has(type)) return [];
  return type !== 'application/octet-stream' || reportNames.test(nameOf(part)) ? [part] : [];
}

function nameOf({ disposition, parameters }: Part): string {
  const named = [...(disposition?.parameters ?? []), ...parameters];
  return named.find(([name]) => name === 'filename' || name === 'name')?.[1] ?? '';
}
