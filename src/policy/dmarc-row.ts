import { aggregateRow } from '#mailauth/dmarc/aggregate-row.ts';
import type { AggregateRow } from '#mailauth/dmarc/aggregate-row.ts';
import { decideDisposition } from '#mailauth/dmarc/dmarc-disposition.ts';
import type { DmarcDisposition } from '#mailauth/dmarc/dmarc-disposition.ts';
import type { DmarcOutcome } from '#mailauth/dmarc/dmarc-outcome.ts';
import type { DmarcPolicy } from '#mailauth/dmarc/dmarc-record.ts';
import type { TraceRecord, TraceStep } from '#trace/record.ts';
import type { FactTable } from './fact-table.ts';
import { recordedClient } from './recorded-client.ts';

/**
 * What an aggregate report to the author's domain says of a message (I-47, RFC 9990), drawn from its trace: so the data
 * are there from the first day, sealed and kept as long as traces are (S-11). `undefined` where nobody wants to know.
 */
export function dmarcRowOf(trace: TraceRecord): AggregateRow | undefined {
  const outcome = trace.facts['dmarc'] as DmarcOutcome | undefined;
  const told = recordedClient(trace);
  if (outcome === undefined || told === undefined || told.isClientUnknown) return undefined;
  const { client } = told;
  // It comes again, and is judged and counted then.
  if (trace.verdict.action === 'defer') return undefined;
  const from = trace.envelope?.from ?? '';
  const envelopeFrom = from.slice(from.lastIndexOf('@') + 1);
  return aggregateRow({ outcome, decided: dispositionOf(trace, outcome), client, envelopeFrom });
}

/** What DMARC advised, and what came of it under the settings of that time. */
function dispositionOf({ steps, facts }: TraceRecord, outcome: DmarcOutcome): DmarcDisposition {
  const step = steps.find(({ check, outcome: came }) => check === 'dmarc' && came === 'finding');
  const further = step?.evidence['further'];
  const advised = decideDisposition(outcome, {
    furtherFindings: Array.isArray(further) ? further.map(String) : [],
    indirectSigns: (facts['indirect'] as FactTable['indirect'] | undefined) ?? [],
    localOverride: undefined,
  });
  const disposition = doneBy(step);
  if (disposition === advised.disposition) return advised;
  const local = { type: 'local_policy', comment: 'a local setting' } as const;
  return { ...advised, disposition, overrides: [...advised.overrides, local] };
}

function doneBy(step: TraceStep | undefined): DmarcPolicy {
  if (step?.action === 'refuse') return 'reject';
  return step?.action === 'junk' ? 'quarantine' : 'none';
}
