import { addressKey, parseAddress } from '#mail/address.ts';
import type { Address } from '#mail/address.ts';
import { dmarcRowOf } from '#policy/dmarc-row.ts';
import type { Traces } from '#store/contract/store.ts';
import { reservedName } from '#store/reserved-name.ts';
import type { TraceRecord } from '#trace/record.ts';
import type { OwedReports } from './owed-reports.ts';

export interface ReportedTracesParts {
  readonly book: Pick<OwedReports, 'count'>;
  /** Who reports, now; nobody: nothing is counted. */
  readonly from: () => Address | undefined;
}

/** The same traces; what the owner of the author's domain wants to hear is counted as each is added (I-47). */
export function reportedTraces(traces: Traces, { book, from }: ReportedTracesParts): Traces {
  const add: Traces['add'] = (record, owner) => {
    const reporter = from();
    if (reporter !== undefined && !isAboutReports(record, reporter)) {
      const row = dmarcRowOf(record);
      if (row !== undefined) book.count(row);
    }
    traces.add(record, owner);
  };
  return Object.create(traces, { add: { value: add } }) as Traces;
}

/**
 * Mail to nobody but addresses for reports: others' reports, and answers to ours. To report on it would be answered by a
 * report, for ever.
 */
function isAboutReports({ envelope }: TraceRecord, reporter: Address): boolean {
  const recipients = envelope?.to ?? [];
  return recipients.length > 0 && recipients.every(({ address }) => isForReports(address, reporter));
}

const reportNames: ReadonlySet<string | undefined> = new Set(['dmarc-reports', 'tls-reports']);

function isForReports(text: string, reporter: Address): boolean {
  const address = parseAddress(text, { smtpUtf8: true });
  if (!address.ok) return false;
  return (
    addressKey(address.value) === addressKey(reporter) || reportNames.has(reservedName(address.value.local))
  );
}
