import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { ruleAddress, ruleRecipient } from './mail-subject.ts';
import { ruleActions, spellTerm } from './mail-rule.ts';
import { readTerms } from './read-terms.ts';
import { ruleConditions } from './rule-conditions.ts';
import { rulesMax } from './rule-book.ts';
import { bookOf, ruleFacts } from './rules.fixture.ts';

const numRuns = Number(process.env['POSTERN_FUZZ_RUNS'] ?? 1000);

const value = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.constantFrom(
    'in',
    'out',
    'mx',
    'yes',
    '192.0.2.0/24',
    '::1-::9',
    '*@*.example',
    '<>',
    'a@b.example',
    '1MiB',
  ),
);
const word = fc
  .tuple(fc.constantFrom(...ruleConditions.map(({ name }) => name)), fc.constantFrom('=', '!='), value)
  .map((parts) => parts.join(''));
const words = fc.array(fc.oneof(word, fc.string({ maxLength: 30 })), { maxLength: 6 });

test('whatever is typed is read or refused, and what was read reads the same again', () => {
  fc.assert(
    fc.property(fc.constantFrom(...ruleActions), words, (action, typed) => {
      const read = readTerms(action, typed);
      if (!read.ok) return assert.ok(read.error.length > 0);
      const spelled = read.value.map(spellTerm);
      const again = readTerms(action, spelled);
      assert.ok(again.ok, spelled.join(' '));
      assert.deepEqual(again.value.map(spellTerm), spelled);
    }),
    { numRuns },
  );
});

test('whatever a peer says, rules answer, and the same each time', () => {
  const book = bookOf([
    'a note helo=*x*y*z*',
    'b junk sender=*@*.example recipient=user@example.test',
    'c refuse sender=<> larger=1KiB',
    'd defer recipient=*+*@example.test sender!=example.org',
  ]);
  const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 100 }), fc.emailAddress());
  fc.assert(
    fc.property(text, text, text, fc.nat(), (helo, sender, recipient, bytes) => {
      const facts = ruleFacts({
        helo,
        sender: ruleAddress(sender),
        recipient: ruleRecipient(recipient),
        size: { bytes, isWhole: true },
      });
      const [one, other] = [book.judge(facts), book.judge(facts)];
      assert.deepEqual(one, other);
      assert.deepEqual(one.open, [], 'a whole message leaves nothing open');
    }),
    { numRuns },
  );
});

test('as many rules as there may be, with the dearest patterns, answer a hostile name in time (S-09)', () => {
  const pattern = `${'a*'.repeat(8)}b@example.test`;
  const rules = Array.from(
    { length: rulesMax },
    (_, index) => `r${index} note recipient=${pattern} helo=${'a*'.repeat(8)}b`,
  );
  const book = bookOf(rules);
  const facts = ruleFacts({
    helo: 'a'.repeat(4000),
    recipient: ruleRecipient(`${'a'.repeat(64)}@example.test`),
    sender: ruleAddress(`${'a'.repeat(64)}@${'b'.repeat(60)}.example`),
  });
  const startMs = performance.now();
  assert.equal(book.judge(facts).notes.length, 0);
  assert.ok(performance.now() - startMs < 200, `${performance.now() - startMs} ms`);
});
