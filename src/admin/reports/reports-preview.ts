import { ok } from '#base/result.ts';
import { optional } from '#config/key.ts';
import { domain } from '#config/kinds/domain.ts';
import { messagesOf } from '#delivery/dmarc-reports/day-tally.ts';
import type { DayTally } from '#delivery/dmarc-reports/day-tally.ts';
import { reportId } from '#delivery/dmarc-reports/report-message.ts';
import { reporterOf } from '#delivery/dmarc-reports/report-sender.ts';
import { reportXml } from '#delivery/dmarc-reports/report-xml.ts';
import type { AdminWorld } from '../world.ts';
import { operation } from '../operation.ts';
import { showColumns } from '../show.ts';
import { showDay } from './reports-sent.ts';

export const reportsPreview = operation({
  name: 'reports preview',
  looksOnly: true,
  meaning:
    'What the next DMARC reports to other domains would say: whose, and of one domain the report itself.',
  input: {
    domain: optional(domain, {
      meaning: 'Show the reports about this domain as they would be sent.',
      requirements: ['I-47'],
    }),
  },
  async run(world, input) {
    const { book, settings } = world.owedReports;
    const tallies = book
      .list()
      .filter((one) => input.domain === undefined || one.published.domain === input.domain);
    const reports = input.domain === undefined ? [] : tallies.map((tally) => preview(world, tally));
    return ok({
      sending: sendingWords(settings.from.length > 0, settings.isOn),
      items: tallies.map(showTally),
      reports: reports.filter((xml) => xml !== undefined),
      next: null,
    });
  },
  render: ({ sending, items, reports }) => [
    sending,
    ...(items.length === 0
      ? ['Nothing is counted.']
      : [
          '',
          ...showColumns([
            ['DAY', 'ABOUT', 'MESSAGES', 'ROWS', 'TO'],
            ...items.map((row) => [
              row.day,
              row.domain,
              String(row.messages),
              String(row.rows),
              row.destinations.join(' '),
            ]),
          ]),
        ]),
    ...reports.flatMap((xml) => ['', ...xml.trimEnd().split('\n')]),
  ],
});

function sendingWords(isNamed: boolean, isOn: boolean): string {
  if (!isNamed)
    return 'Nothing is counted or sent: name who reports with "postern settings set dmarc.reports_from ADDRESS".';
  return isOn
    ? 'Reports are sent in the hours after midnight (UTC), if the domain of dmarc.reports_from signs its mail.'
    : 'Counted, but not sent: dmarc.reports is off.';
}

function preview({ owedReports: { settings }, version }: AdminWorld, tally: DayTally): string | undefined {
  const [from] = settings.from;
  if (from === undefined) return undefined;
  return reportXml(tally, reportId(tally, from.domain), reporterOf(settings, from, `Postern ${version}`));
}

function showTally(tally: DayTally) {
  return {
    day: showDay(tally.day),
    domain: tally.published.domain,
    messages: messagesOf(tally),
    untold: tally.untold,
    rows: tally.rows.length,
    destinations: tally.published.rua,
  };
}
