import { networksOf, parseClientAddress } from '#base/client-address.ts';
import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { parseDomain } from '#mail/domain.ts';
import type { Domain } from '#mail/domain.ts';
import { cleanForeignText } from '#trace/foreign-text.ts';
import { reportBounds } from './aggregate-report.ts';
import type { AggregateReport, ReportDisposition, ReportRow } from './aggregate-report.ts';
import { readXml } from './read-xml.ts';
import type { XmlElement } from './read-xml.ts';

/** Of one record and of all together; more is nonsense, and sums stay exact. */
const messagesMax = 1_000_000_000_000;
const dayMs = 86_400_000;

/**
 * Reads an aggregate report (RFC 9990 §3.1, RFC 7489 Appendix C), whatever namespace it is in. A record that makes no sense is
 * counted; a report without its names, times or any sensible record is refused, in words. Never throws.
 */
export function readAggregateReport(xml: Uint8Array): Result<AggregateReport, string> {
  const root = readXml(xml);
  if (!root.ok) return root;
  try {
    return ok(readFeedback(root.value));
  } catch (error) {
    if (error instanceof ReportError) return err(error.message);
    throw error;
  }
}

class ReportError extends Error {}

function readFeedback(root: XmlElement): AggregateReport {
  if (root.name !== 'feedback') throw new ReportError('it is no aggregate report: <feedback> is missing');
  const metadata = need(root, 'report_metadata');
  const published = need(root, 'policy_published');
  const range = need(metadata, 'date_range');
  const org = cleanForeignText(orgOf(metadata), reportBounds.orgBytesMax);
  const id = cleanForeignText(needText(metadata, 'report_id'), reportBounds.idBytesMax);
  const domain = domainOf(needText(published, 'domain'));
  if (domain === undefined) throw new ReportError('<domain> of <policy_published> is none');
  return { org, id, ...timesOf(range), domain, ...recordsOf(root, domain) };
}

/** Some leave their name empty, and have an address all the same. */
function orgOf(metadata: XmlElement): string {
  const email = textOf(metadata, 'email') ?? '';
  const named = textOf(metadata, 'org_name') ?? '';
  return named === '' && email.includes('@')
    ? email.slice(email.lastIndexOf('@') + 1)
    : needText(metadata, 'org_name');
}

function timesOf(range: XmlElement): { readonly beginMs: number; readonly endMs: number } {
  const [begin, end] = ['begin', 'end'].map((name) => {
    const text = needText(range, name);
    if (!/^\d{9,11}$/.test(text)) throw new ReportError(`<${name}> is no time in seconds since 1970`);
    return Number(text) * 1000;
  });
  const beginMs = begin ?? 0;
  const endMs = end ?? 0;
  if (endMs < beginMs || endMs - beginMs > reportBounds.daysMax * dayMs)
    throw new ReportError(`its time ends before it begins, or is longer than ${reportBounds.daysMax} days`);
  return { beginMs, endMs };
}

function recordsOf(
  root: XmlElement,
  domain: Domain,
): Pick<AggregateReport, 'rows' | 'otherMessages' | 'unread'> {
  const records = root.children.filter(({ name }) => name === 'record');
  const read = records.slice(0, reportBounds.recordsMax).map((record) => readRecord(record, domain));
  const known = read.filter((row) => row !== undefined);
  if (records.length > 0 && known.length === 0) throw new ReportError('no <record> makes sense');
  const rows = joined(known).toSorted((a, b) => b.messages - a.messages);
  const others = rows.slice(reportBounds.rowsMax);
  return {
    rows: rows.slice(0, reportBounds.rowsMax),
    otherMessages: others.reduce((sum, { messages }) => sum + messages, 0),
    unread: records.length - known.length,
  };
}

function readRecord(record: XmlElement, domain: Domain): ReportRow | undefined {
  const row = child(record, 'row');
  const evaluated = child(row, 'policy_evaluated');
  const address = parseClientAddress(textOf(row, 'source_ip') ?? '');
  const source = address === undefined ? undefined : networksOf(address)[0];
  const count = textOf(row, 'count') ?? '';
  const disposition = dispositions.find((one) => one === textOf(evaluated, 'disposition')?.toLowerCase());
  if (source === undefined || disposition === undefined || !/^\d{1,12}$/.test(count)) return undefined;
  const from = domainOf(textOf(child(record, 'identifiers'), 'header_from') ?? domain);
  // Nobody reports on other names by way of ours.
  if (from === undefined || (from !== domain && !from.endsWith(`.${domain}`))) return undefined;
  const results = child(record, 'auth_results');
  return {
    source,
    messages: Number(count),
    disposition,
    dkimAligned: isPass(textOf(evaluated, 'dkim')),
    spfAligned: isPass(textOf(evaluated, 'spf')),
    from: from === domain ? undefined : from,
    signer: passedBy(results, 'dkim'),
    returnPath: passedBy(results, 'spf'),
  };
}

const dispositions: readonly ReportDisposition[] = ['none', 'quarantine', 'reject', 'pass'];

function isPass(text: string | undefined): boolean {
  return text?.toLowerCase() === 'pass';
}

/** The first domain for which the method passed. */
function passedBy(results: XmlElement | undefined, method: 'dkim' | 'spf'): Domain | undefined {
  const passed = results?.children.find((one) => one.name === method && isPass(textOf(one, 'result')));
  return domainOf(textOf(passed, 'domain') ?? '');
}

function joined(rows: readonly ReportRow[]): readonly ReportRow[] {
  const byKey = new Map<string, ReportRow>();
  for (const row of rows) {
    const { messages, ...rest } = row;
    const key = JSON.stringify(rest);
    const before = byKey.get(key)?.messages ?? 0;
    byKey.set(key, { ...row, messages: Math.min(messagesMax, before + messages) });
  }
  return [...byKey.values()];
}

function domainOf(text: string): Domain | undefined {
  const parsed = text === '' ? undefined : parseDomain(text.replace(/\.$/, ''));
  return parsed?.ok === true && !parsed.value.startsWith('[') ? parsed.value : undefined;
}

function child(parent: XmlElement | undefined, name: string): XmlElement | undefined {
  return parent?.children.find((one) => one.name === name);
}

function textOf(parent: XmlElement | undefined, name: string): string | undefined {
  return child(parent, name)?.text;
}

function need(parent: XmlElement, name: string): XmlElement {
  const found = parent.children.filter((one) => one.name === name);
  if (found.length > 1) throw new ReportError(`<${name}> stands twice`);
  return found[0] ?? missing(name);
}

function needText(parent: XmlElement, name: string): string {
  const { text } = need(parent, name);
  return text === '' ? missing(name) : text;
}

function missing(name: string): never {
  throw new ReportError(`<${name}> is missing`);
}
