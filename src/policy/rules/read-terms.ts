import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { nearest } from '#config/nearest.ts';
import { rangeWidth } from '../flow/client-range.ts';
import type { RuleAction, RuleTerm } from './mail-rule.ts';
import { ruleConditions } from './rule-conditions.ts';

/** S-09: words of one rule, and characters of one word. */
export const ruleTermsMax = 20;
const termCharactersMax = 400;
/** A network that is wider vouches for half the world. */
const acceptBitsMin = { ipv4: 8, ipv6: 16 };

/** Reads the words of a rule; the error says which is wrong and why. */
export function readTerms(action: RuleAction, words: readonly string[]): Result<readonly RuleTerm[], string> {
  if (words.length === 0) return err('a rule needs at least one condition');
  if (words.length > ruleTermsMax) return err(`a rule has at most ${ruleTermsMax} conditions`);
  const terms: RuleTerm[] = [];
  for (const word of words) {
    const term = readTerm(word);
    if (!term.ok) return term;
    terms.push(term.value);
  }
  const senseless = contradiction(action, terms);
  return senseless === undefined ? ok(terms) : err(senseless);
}

function readTerm(word: string): Result<RuleTerm, string> {
  const [name = '', text = ''] = word.slice(0, termCharactersMax).split(/=(.*)/s);
  const negated = name.endsWith('!');
  const condition = negated ? name.slice(0, -1) : name;
  const names = ruleConditions.map((row) => row.name);
  const row = ruleConditions.find((one) => one.name === condition);
  if (row === undefined) {
    const near = nearest(condition, names);
    const hint = near === undefined ? `they are ${names.join(', ')}` : `did you mean "${near}"?`;
    return err(`"${condition}" is no condition; ${hint}`);
  }
  const read = word.length > termCharactersMax ? undefined : row.read(text);
  if (read === undefined) return err(`${condition} cannot be "${text}": ${row.meaning}`);
  return ok({ ...read, condition, negated });
}

/** What would not do what it says. */
function contradiction(action: RuleAction, terms: readonly RuleTerm[]): string | undefined {
  const has = (name: string): boolean => terms.some(({ condition }) => condition === name);
  if (action === 'junk' && terms.some((one) => one.condition === 'direction' && isOut(one)))
    return 'junk is for mail that comes in: what goes out has no Junk folder';
  if (action !== 'accept') return undefined;
  if (has('larger')) return 'accept cannot wait for the size: the client is judged before';
  const proves = terms.filter(
    ({ condition, negated }) => !negated && (condition === 'client' || condition === 'account'),
  );
  if (proves.length === 0)
    return 'accept needs client= or account=: everything else anybody can claim. For senders see "postern allowlist add", which asks for proof';
  return proves.some(({ value }) => isTooWide(value))
    ? 'this network is too wide to be accepted as a whole'
    : undefined;
}

function isOut({ value, negated }: RuleTerm): boolean {
  return (value === 'out') !== negated;
}

function isTooWide(value: string): boolean {
  const width = rangeWidth(value);
  return width !== undefined && width.bits < (width.ipv6 ? acceptBitsMin.ipv6 : acceptBitsMin.ipv4);
}
