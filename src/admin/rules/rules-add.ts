import { err, ok } from '#base/result.ts';
import { defaulted, optional, required } from '#config/key.ts';
import { duration } from '#config/kinds/duration.ts';
import { integer } from '#config/kinds/integer.ts';
import { list } from '#config/kinds/list.ts';
import { string } from '#config/kinds/string.ts';
import { union } from '#config/kinds/union.ts';
import { ruleActions } from '#policy/rules/mail-rule.ts';
import type { MailRule } from '#policy/rules/mail-rule.ts';
import { readTerms, ruleTermsMax } from '#policy/rules/read-terms.ts';
import { ruleConditions } from '#policy/rules/rule-conditions.ts';
import { rulesMax } from '#policy/rules/rule-book.ts';
import { cleanForeignText } from '#trace/foreign-text.ts';
import { adminError } from '../errors.ts';
import { operation } from '../operation.ts';
import { ruleLine, showRule } from './show-rule.ts';

const namePattern = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;
const priorityMax = 1_000_000;
const conditionWords = ruleConditions.map(({ name }) => `${name}=`).join(', ');

export const rulesAdd = operation({
  name: 'rules add',
  meaning:
    'Make a rule about mail, or put it in the place of the one of that name. It counts for the next recipient. No rule lifts relaying, log-in, sender ownership, TLS or syntax.',
  input: {
    name: required(string({ lengthMax: 64 }), { meaning: 'What it is called; the trace names it.' }),
    action: required(union([...ruleActions]), {
      meaning:
        '`refuse`, `defer`, `junk`; `accept`: spared lists, greylisting, scores and later rules; `note`: only told in the trace.',
      requirements: ['I-89'],
    }),
    words: required(list(string(), { itemsMin: 1, itemsMax: ruleTermsMax }), {
      meaning: `What has to hold: ${conditionWords} each with a value, \`!=\` for what is excluded. The same word twice means one of them.`,
    }),
    priority: defaulted(integer({ min: 0, max: priorityMax }), 100, {
      meaning: 'Lower comes first; among equals the older.',
    }),
    for: optional(duration({ minMs: 60_000, maxMs: 3650 * 86_400_000 }), {
      meaning: 'For how long; without it, until it is removed.',
    }),
    reason: optional(string({ lengthMin: 1, lengthMax: 200 }), { meaning: 'Why, for those who look later.' }),
  },
  async run(world, { name, action, words, priority, for: forMs, reason }) {
    if (!namePattern.test(name))
      return err(adminError('value-invalid', `"${name}" is no name for a rule`, 'name'));
    const terms = readTerms(action, words);
    if (!terms.ok) return err(adminError('value-invalid', terms.error, 'words'));
    const nowMs = world.clock.now();
    const rule: MailRule = {
      name,
      action,
      priority,
      terms: terms.value,
      reason: reason === undefined ? undefined : cleanForeignText(reason),
      sinceMs: nowMs,
      untilMs: forMs === undefined ? undefined : nowMs + forMs,
    };
    if (world.rules.book.add(rule) === 'full')
      return err(adminError('limit', `there are ${rulesMax} rules already, and no room for more`, name));
    await world.rules.kept();
    return ok(showRule(rule));
  },
  render: (rule) => [ruleLine(rule)],
});
