import { ok } from '#base/result.ts';
import type { Steps } from '#base/steps.ts';
import { expandMacros, holdsMacro } from './expand-macros.ts';
import { macroValues } from './macro-values.ts';
import type { MacroString } from './macro-string.ts';
import type { SpfEvaluation, SpfPlace, Unstopped } from './spf-evaluation.ts';
import { targetName } from './target-name.ts';
import { clientName } from './validated-names.ts';

/**
 * The `<target-name>` of a term (RFC 7208 §4.8): its domain-spec expanded, or the domain whose record it stands in.
 * Undefined when no question can be made of it, and then the term does not match.
 */
export function* expandTarget(
  spec: MacroString | undefined,
  place: SpfPlace,
  evaluation: SpfEvaluation,
): Steps<Unstopped<string | undefined>> {
  if (spec === undefined) return ok(place.domain);
  const [plain] = spec;
  if (spec.length === 1 && typeof plain === 'string') return ok(targetName(plain));
  if (holdsMacro(spec, 'sl')) evaluation.useLocalPart();
  if (holdsMacro(spec, 'p')) {
    // "The number of PTR resource records queried is included in the overall limit" (RFC 7208 §4.6.4).
    const counted = evaluation.countLookupTerm(place);
    if (!counted.ok) return counted;
  }
  const expanded = yield* expandAt(spec, place, evaluation);
  if (!expanded.ok) return expanded;
  return ok(expanded.value === undefined ? undefined : targetName(expanded.value));
}

/** A macro-string with the values of this evaluation; undefined when one of them cannot be used (RFC 8616 §4). */
export function* expandAt(
  macros: MacroString,
  place: SpfPlace,
  evaluation: SpfEvaluation,
): Steps<Unstopped<string | undefined>> {
  const name = holdsMacro(macros, 'p') ? yield* clientName(place, evaluation) : ok('unknown');
  if (!name.ok) return name;
  const values = macroValues(evaluation, { domain: place.domain, clientName: name.value });
  return ok(expandMacros(macros, values));
}
