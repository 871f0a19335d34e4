import type { ValuesOf } from '#config/key.ts';
import { defaulted, optional } from '#config/key.ts';
import { boolean } from '#config/kinds/boolean.ts';
import { domain } from '#config/kinds/domain.ts';
import { reportBookBounds } from '#policy/dmarc-reports/report-book.ts';
import type { KeptReport } from '#policy/dmarc-reports/kept-report.ts';
import { dayMs, sinceKey } from '../since-key.ts';
import type { AdminWorld } from '../world.ts';

/** Which reports are meant. */
export const reportKeys = {
  domain: optional(domain, { meaning: 'Only on this domain and those below it.' }),
  since: sinceKey({
    minMs: dayMs / 24,
    maxMs: reportBookBounds.keptForMs,
    byDefaultMs: 30 * dayMs,
    requirements: ['I-46'],
  }),
  all: defaulted(boolean, false, {
    meaning: 'Also reports whose sender DMARC does not prove: anybody may have written them.',
  }),
};

export function reportsOf(
  { receivedReports, clock }: AdminWorld,
  { domain: name, since, all }: ValuesOf<typeof reportKeys>,
): readonly KeptReport[] {
  return receivedReports.list({ domain: name, sinceMs: clock.now() - since, isAll: all });
}

export const noReports =
  'No reports: they come once a day to the address that "domain dns" prints, when mail was sent in the name of the domain.';
