import { ok } from '#base/result.ts';
import { sourceAdvice, summarizeReports } from '#policy/dmarc-reports/summarize-reports.ts';
import type { ReportedSource } from '#policy/dmarc-reports/summarize-reports.ts';
import { operation } from '../operation.ts';
import { counted } from '../show.ts';
import { noReports, reportKeys, reportsOf } from './report-keys.ts';

/** Sources that are shown; those behind them send least of what fails. */
const sourcesMax = 500;

export const reportsShow = operation({
  name: 'reports show',
  looksOnly: true,
  meaning:
    'Who sends mail in the name of the domains of this server, as DMARC reports tell, and what to do about it.',
  input: reportKeys,
  async run(world, input) {
    const reports = reportsOf(world, input);
    const sources = summarizeReports(reports);
    return ok({
      reports: reports.length,
      items: sources.slice(0, sourcesMax).map(showSource),
      more: Math.max(0, sources.length - sourcesMax),
    });
  },
  render: ({ reports, items, more }) => {
    if (reports === 0) return [noReports];
    const domains = [...new Set(items.map(({ domain }) => domain))];
    return [
      `From ${counted(reports, 'report')}:`,
      ...domains.flatMap((domain) => [
        '',
        domain,
        ...items.filter((row) => row.domain === domain).flatMap(sourceLines),
      ]),
      ...(more === 0 ? [] : ['', `and ${counted(more, 'source')} more`]),
    ];
  },
});

function showSource(row: ReportedSource) {
  const { signer, returnPath, ...rest } = row;
  return { ...rest, signer: signer ?? null, returnPath: returnPath ?? null, advice: sourceAdvice(row) };
}

function sourceLines(row: ReturnType<typeof showSource>): readonly string[] {
  const { none, quarantine, reject, pass } = row.dispositions;
  const done = `taken ${none + pass}, to Junk ${quarantine}, refused ${reject}`;
  return [
    `  ${row.source}: ${counted(row.messages, 'message')}; aligned SPF ${row.spfAligned}, DKIM ${row.dkimAligned}; ${done}`,
    `    ${row.advice}`,
  ];
}
