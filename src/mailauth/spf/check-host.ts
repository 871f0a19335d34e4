import { ok } from '#base/result.ts';
import type { Steps } from '#base/steps.ts';
import { holdsMacro } from './expand-macros.ts';
import { expandTarget } from './expand-target.ts';
import { isAscii } from './macro-values.ts';
import { matchMechanism } from './mechanisms/match-mechanism.ts';
import type { MechanismOf } from './mechanisms/matcher.ts';
import { readRecord } from './read-record.ts';
import { shown, stop } from './spf-evaluation.ts';
import type { SpfEvaluation, SpfPlace, Unstopped } from './spf-evaluation.ts';
import type { SpfTermPlace } from './spf-outcome.ts';
import type { Directive, Mechanism, Modifier, Qualifier, SpfRecord } from './spf-record.ts';

/** What a record says of the client. */
export interface SpfWord {
  readonly result: Qualifier;
  /** From the record that was asked inwards; empty when no term matched. */
  readonly matched: readonly SpfTermPlace[];
  /** The domain whose record spoke, after redirects, and its own explanation (RFC 7208 §6.2). */
  readonly domain: string;
  readonly explanation: Modifier | undefined;
}

/**
 * `check_host()` (RFC 7208 §4): the record of a domain, directive by directive from the left. What recurs is bounded
 * by the count of look-up terms, since include and redirect are such.
 */
export function* checkHost(domain: string, evaluation: SpfEvaluation): Steps<Unstopped<SpfWord>> {
  const record = yield* readRecord(domain, evaluation);
  if (!record.ok) return record;
  for (const directive of record.value.directives) {
    const matched = yield* matchDirective(directive, domain, evaluation);
    if (!matched.ok) return matched;
    if (matched.value === undefined) continue;
    const { explanation } = record.value;
    return ok({ result: directive.qualifier, matched: matched.value, domain, explanation });
  }
  return yield* followRedirect(record.value, domain, evaluation);
}

/** RFC 7208 §4.6.4; `redirect` too, when it is followed. */
const needLookups: ReadonlySet<Mechanism['kind']> = new Set(['include', 'a', 'mx', 'ptr', 'exists']);

/** The terms that made a directive match, its own first; undefined when it does not match. */
function* matchDirective(
  { mechanism, term }: Directive,
  domain: string,
  evaluation: SpfEvaluation,
): Steps<Unstopped<readonly SpfTermPlace[] | undefined>> {
  const place = { domain, term };
  // RFC 8616 §4: no question can be made of it, and it does not match.
  if (readsLocalPart(mechanism) && !isAscii(evaluation.sender.local)) return ok(undefined);
  if (needLookups.has(mechanism.kind)) {
    const counted = evaluation.countLookupTerm(place);
    if (!counted.ok) return counted;
  }
  if (mechanism.kind === 'include') return yield* matchInclude(mechanism, place, evaluation);
  const matches = yield* matchMechanism(mechanism, place, evaluation);
  if (!matches.ok) return matches;
  return ok(matches.value ? [shownPlace(place)] : undefined);
}

function readsLocalPart(mechanism: Mechanism): boolean {
  return 'domainSpec' in mechanism && holdsMacro(mechanism.domainSpec ?? [], 'sl');
}

/** RFC 7208 §5.2: matches where the other record says pass; what goes wrong there goes wrong here. */
function* matchInclude(
  { domainSpec }: MechanismOf<'include'>,
  place: Required<SpfPlace>,
  evaluation: SpfEvaluation,
): Steps<Unstopped<readonly SpfTermPlace[] | undefined>> {
  const target = yield* expandTarget(domainSpec, place, evaluation);
  if (!target.ok) return target;
  const word = yield* checkOther(target.value, place, evaluation);
  if (!word.ok) return word;
  return ok(word.value.result === 'pass' ? [shownPlace(place), ...word.value.matched] : undefined);
}

/** RFC 7208 §6.1: when nothing matched, the other record speaks for this one; without redirect it is neutral (§4.7). */
function* followRedirect(
  { redirect, explanation }: SpfRecord,
  domain: string,
  evaluation: SpfEvaluation,
): Steps<Unstopped<SpfWord>> {
  if (redirect === undefined) return ok({ result: 'neutral', matched: [], domain, explanation });
  const place = { domain, term: redirect.term };
  const counted = evaluation.countLookupTerm(place);
  if (!counted.ok) return counted;
  const target = yield* expandTarget(redirect.domainSpec, place, evaluation);
  if (!target.ok) return target;
  const word = yield* checkOther(target.value, place, evaluation);
  return word.ok ? ok({ ...word.value, matched: [shownPlace(place), ...word.value.matched] }) : word;
}

/** The record that a term names: without one, or without a name, it is `permerror` (RFC 7208 §5.2, §6.1). */
function* checkOther(
  target: string | undefined,
  place: SpfPlace,
  evaluation: SpfEvaluation,
): Steps<Unstopped<SpfWord>> {
  if (target === undefined) return stop('bad-target', place, 'no name that could be asked for');
  const word = yield* checkHost(target, evaluation);
  if (word.ok || word.error.result !== 'none') return word;
  return stop('no-record-there', place, `${target} has no SPF record`);
}

function shownPlace({ domain, term }: Required<SpfPlace>): SpfTermPlace {
  return { domain, term: shown(term) };
}
