import { readTally } from '#delivery/dmarc-reports/day-tally.ts';
import { OwedReports } from '#delivery/dmarc-reports/owed-reports.ts';
import { readSentReport } from '#delivery/dmarc-reports/sent-report.ts';
import { KeptRows } from '#policy/kept-rows.ts';
import type { Settings } from '#store/contract/store.ts';
import type { World } from './world.ts';

/** What is reported to others, for the server and for a lone command alike (I-47). */
export interface OpenOwedReports {
  readonly book: OwedReports;
  /** Whether all that was handed on is on disk. */
  kept(): Promise<boolean>;
}

export async function openOwedReports(
  stored: Settings,
  { clock, events }: Pick<World, 'clock' | 'events'>,
): Promise<OpenOwedReports> {
  let failures = 0;
  const failed = ({ code }: { readonly code: string }): void => {
    failures += 1;
    events.emit({ name: 'store-trouble', code, what: 'DMARC reports', detail: code });
  };
  const tallies = new KeptRows({
    settings: stored,
    namePrefix: 'dmarc.tallies_',
    failed,
    read: readTally,
  });
  const sent = new KeptRows({ settings: stored, namePrefix: 'dmarc.sent_', failed, read: readSentReport });
  const book = new OwedReports({
    clock,
    tallyChanged: (key, tally) => tallies.changed(key, tally),
    sentChanged: (key, row) => sent.changed(key, row),
  });
  book.restore(await tallies.load(), await sent.load());
  return {
    book,
    async kept() {
      const before = failures;
      // A write under way may have passed what changed last; the second begins after it.
      for (let round = 0; round < 2; round += 1) await Promise.all([tallies.flush(), sent.flush()]);
      return failures === before;
    },
  };
}
