import { ok } from '#base/result.ts';
import type { KeptReport } from '#policy/dmarc-reports/kept-report.ts';
import { operation } from '../operation.ts';
import { showColumns, showTime } from '../show.ts';
import { noReports, reportKeys, reportsOf } from './report-keys.ts';

export const reportsList = operation({
  name: 'reports list',
  looksOnly: true,
  meaning: 'DMARC reports on the domains of this server: who sent them, and on how much mail.',
  input: reportKeys,
  run: async (world, input) => ok({ items: reportsOf(world, input).map(showReport) }),
  render: ({ items }) =>
    items.length === 0
      ? [noReports]
      : showColumns([
          ['UNTIL', 'DOMAIN', 'FROM', 'MESSAGES', 'UNPROVEN MAIL'],
          ...items.map((row) => [
            row.until.slice(0, 16),
            row.domain,
            row.reporter ?? `${row.org} (says who?)`,
            String(row.messages),
            String(row.failed),
          ]),
        ]),
});

function showReport(report: KeptReport) {
  const { rows, domain, reporter, org, id, otherMessages, unread } = report;
  const failed = rows.filter(({ dkimAligned, spfAligned }) => !dkimAligned && !spfAligned);
  return {
    domain,
    reporter: reporter ?? null,
    org,
    id,
    since: showTime(report.beginMs),
    until: showTime(report.endMs),
    received: showTime(report.receivedAtMs),
    messages: sum(rows) + otherMessages,
    failed: sum(failed),
    otherMessages,
    unreadRecords: unread,
  };
}

function sum(rows: KeptReport['rows']): number {
  return rows.reduce((total, { messages }) => total + messages, 0);
}
