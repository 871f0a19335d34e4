import { KeptRows } from '#policy/kept-rows.ts';
import { readKeptReport } from '#policy/dmarc-reports/kept-report.ts';
import { ReportBook } from '#policy/dmarc-reports/report-book.ts';
import type { Settings } from '#store/contract/store.ts';
import type { World } from './world.ts';

/** What others report on mail in the name of our domains, for the server and for a lone command alike. */
export interface OpenReceivedReports {
  readonly book: ReportBook;
  /** Resolves when the last change is on disk. */
  kept(): Promise<void>;
}

export async function openReceivedReports(
  settings: Settings,
  { clock, events }: World,
): Promise<OpenReceivedReports> {
  const kept = new KeptRows({
    settings,
    namePrefix: 'reports.kept_',
    failed: ({ code }) => events.emit({ name: 'store-trouble', code, what: 'DMARC reports', detail: code }),
    read: readKeptReport,
  });
  const book = new ReportBook({ clock, changed: (key, report) => kept.changed(key, report) });
  book.restore(await kept.load());
  return { book, kept: () => kept.flush() };
}
