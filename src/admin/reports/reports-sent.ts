import { ok } from '#base/result.ts';
import { optional } from '#config/key.ts';
import { domain } from '#config/kinds/domain.ts';
import { dayMs } from '#delivery/dmarc-reports/day-tally.ts';
import type { SentReport } from '#delivery/dmarc-reports/sent-report.ts';
import { operation } from '../operation.ts';
import { showColumns, showTime } from '../show.ts';

export const reportsSent = operation({
  name: 'reports sent',
  looksOnly: true,
  meaning:
    'DMARC reports that were sent to the owners of other domains in the last 30 days, and to whom not.',
  input: {
    domain: optional(domain, { meaning: 'Only reports about this domain.', requirements: ['I-47'] }),
  },
  async run({ owedReports }, input) {
    const sent = owedReports.book.sent();
    const items = sent.filter((one) => input.domain === undefined || one.domain === input.domain);
    return ok({ items: items.map(showSent), next: null });
  },
  render: ({ items }) =>
    items.length === 0
      ? ['No DMARC report was sent. "postern reports preview" says what is counted, and whether it will be.']
      : showColumns([
          ['DAY', 'ABOUT', 'MESSAGES', 'TO', 'OUTCOME'],
          ...items.flatMap((row) =>
            row.destinations.map((one) => [
              row.day,
              row.domain,
              String(row.messages),
              one.to === '' ? one.uri : one.to,
              one.detail === '' ? one.outcome : `${one.outcome}: ${one.detail}`,
            ]),
          ),
        ]),
});

function showSent({ day, domain: about, messages, rows, atMs, destinations }: SentReport) {
  return {
    day: showDay(day),
    domain: about,
    messages,
    rows,
    at: showTime(atMs),
    destinations: destinations.map(({ uri, to, outcome, detail }) => ({ uri, to, outcome, detail })),
  };
}

/** `2026-01-31`. */
export function showDay(day: number): string {
  return showTime(day * dayMs).slice(0, 10);
}
