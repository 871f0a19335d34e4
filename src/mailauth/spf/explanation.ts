import type { Steps } from '#base/steps.ts';
import { expandAt, expandTarget } from './expand-target.ts';
import { parseExplanation } from './parse-spf-record.ts';
import type { SpfEvaluation } from './spf-evaluation.ts';
import { explanationBytesMax, recordBytesMax } from './spf-limits.ts';
import type { Modifier } from './spf-record.ts';

/**
 * The domain's own words about a `fail` (RFC 7208 §6.2), fetched, expanded and cleaned (I-37); undefined when there
 * are none or anything is wrong with them.
 */
export function* explanationOf(
  { domain, explanation }: { readonly domain: string; readonly explanation: Modifier | undefined },
  evaluation: SpfEvaluation,
): Steps<string | undefined> {
  if (explanation === undefined) return undefined;
  const place = { domain, term: explanation.term };
  const target = yield* expandTarget(explanation.domainSpec, place, evaluation);
  if (!target.ok || target.value === undefined) return undefined;
  const answer = yield* evaluation.ask(target.value, 'TXT', place);
  const [record, ...more] = answer.ok ? answer.value : [];
  if (record?.type !== 'TXT' || more.length > 0 || record.data.length > recordBytesMax) return undefined;
  const macros = parseExplanation(record.data);
  const expanded = macros === undefined ? undefined : yield* expandAt(macros, place, evaluation);
  if (expanded?.ok !== true || expanded.value === undefined) return undefined;
  const clean = cleanExplanation(expanded.value);
  return clean === '' ? undefined : clean;
}

/**
 * One line of printable ASCII, bounded: the text comes from whoever owns the domain, its macros from the client, and
 * it stands in our reply and in other servers' bounces.
 */
function cleanExplanation(text: string): string {
  const line = text.replaceAll(/[^\x20-\x7e]/g, '?').trim();
  return line.length <= explanationBytesMax ? line : `${line.slice(0, explanationBytesMax - 3)}...`;
}
