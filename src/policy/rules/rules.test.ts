import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClientAddress } from '#base/client-address.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeRandom } from '#platform/fake-random.ts';
import { createMemoryStore } from '#store/memory/memory-store.ts';
import { KeptRows } from '../kept-rows.ts';
import { keptRule, readKeptRule, ruleOf } from './kept-rule.ts';
import type { KeptRule } from './kept-rule.ts';
import { ruleAddress, ruleRecipient } from './mail-subject.ts';
import { spellTerm } from './mail-rule.ts';
import { readTerms, ruleTermsMax } from './read-terms.ts';
import { rulesMax } from './rule-book.ts';
import type { RuleFacts } from './rule-facts.ts';
import { ruleWord } from './rule-word.ts';
import { bookOf, ruleFacts, ruleOfText } from './rules.fixture.ts';

/** What a lone refusing rule of these words says: refuses, does not, or cannot tell yet. */
function says(words: string, change: Partial<RuleFacts>): 'yes' | 'no' | 'later' {
  const { decided, open } = bookOf([`r refuse ${words}`]).judge(ruleFacts(change));
  return decided !== undefined ? 'yes' : open.length > 0 ? 'later' : 'no';
}

const user = ruleAddress('user@example.test');

test('every condition, and what is beside it (I-89)', () => {
  const cases: readonly (readonly [string, Partial<RuleFacts>, 'yes' | 'no' | 'later'])[] = [
    ['direction=in', {}, 'yes'],
    ['direction=out', {}, 'no'],
    ['direction=out', { direction: 'out' }, 'yes'],
    ['listener=mx', {}, 'yes'],
    ['listener=mx2', {}, 'no'],
    ['client=203.0.113.5', {}, 'yes'],
    ['client=203.0.113.0/24', {}, 'yes'],
    ['client=203.0.113.6-203.0.113.9', {}, 'no'],
    ['client=@partners', { client: '198.51.100.77' as ClientAddress }, 'yes'],
    ['client=@partners', {}, 'no'],
    ['client=@nobody', {}, 'no'],
    ['client!=@nobody', {}, 'yes'],
    ['client=0.0.0.0/0', { client: undefined }, 'no'],
    ['helo=*.example.org', {}, 'yes'],
    ['helo=*.example.net', {}, 'no'],
    ['helo=MAIL.*', {}, 'yes'],
    ['tls=yes', {}, 'yes'],
    ['tls=no', {}, 'no'],
    ['account=user@example.test', { account: user }, 'yes'],
    ['account=example.test', { account: user }, 'yes'],
    ['account=example.test', {}, 'no'],
    ['account!=example.test', {}, 'yes'],
    ['sender=example.org', {}, 'yes'],
    ['sender=example.org', { sender: ruleAddress('a@deep.example.org') }, 'yes'],
    ['sender=example.org', { sender: ruleAddress('a@notexample.org') }, 'no'],
    ['sender=A@example.org', {}, 'yes'],
    ['sender=*@example.org', {}, 'yes'],
    ['sender=<>', {}, 'no'],
    ['sender=<>', { sender: undefined }, 'yes'],
    ['sender!=example.org', { sender: undefined }, 'yes'],
    ['recipient=user@example.test', {}, 'yes'],
    ['recipient=user@example.test', { recipient: ruleRecipient('User+shop@example.test') }, 'yes'],
    ['recipient=user+shop@example.test', { recipient: ruleRecipient('user+shop@example.test') }, 'yes'],
    ['recipient=user+shop@example.test', {}, 'no'],
    ['larger=10MiB', {}, 'later'],
    ['larger=10MiB', { size: { bytes: 11 * 1024 ** 2, isWhole: false } }, 'yes'],
    ['larger=10MiB', { size: { bytes: 10 * 1024 ** 2, isWhole: true } }, 'no'],
    ['larger=10MiB', { size: { bytes: 10 * 1024 ** 2 + 1, isWhole: true } }, 'yes'],
    ['larger!=10MiB', {}, 'later'],
    ['larger!=10MiB', { size: { bytes: 1, isWhole: true } }, 'yes'],
    // Alternatives of one condition, all conditions, and what is excluded.
    ['sender=a@example.org sender=example.net', {}, 'yes'],
    ['sender=example.net sender=example.com', {}, 'no'],
    ['sender=example.org tls=no', {}, 'no'],
    ['sender=example.org sender!=a@example.org', {}, 'no'],
    ['sender=example.net larger=1KiB', {}, 'no'],
    ['sender=example.org larger=1KiB', {}, 'later'],
  ];
  for (const [words, change, expected] of cases)
    assert.equal(says(words, change), expected, `${words} ${JSON.stringify(change)}`);
});

test('by priority, then by age; the first that fits decides, notes go on (I-89)', () => {
  const book = bookOf([
    'last refuse sender=example.org priority=900',
    'older junk sender=example.org',
    'younger refuse sender=example.org',
    'told note sender=example.org priority=1',
    'other defer sender=example.net priority=2',
    'late note sender=example.org priority=950',
  ]);
  const { decided, notes, open } = book.judge(ruleFacts());
  assert.equal(decided?.name, 'older');
  assert.deepEqual(
    notes.map(({ name }) => name),
    ['told'],
  );
  assert.deepEqual(open, []);
  book.remove('older');
  assert.equal(book.judge(ruleFacts()).decided?.name, 'younger');
  book.add(ruleOfText('last defer sender=example.org priority=0'));
  assert.equal(book.judge(ruleFacts()).decided?.name, 'last');
});

test('postmaster and abuse are reached, unless a rule names them (S-03)', () => {
  const reserved = { isReserved: true, recipient: ruleRecipient('postmaster@example.test') };
  assert.equal(says('sender=example.org', reserved), 'no');
  assert.equal(says('sender=example.org recipient=postmaster@example.test', reserved), 'yes');
  assert.equal(says('sender=example.org', { ...reserved, direction: 'out' }), 'yes');
});

test('what is no rule says why', () => {
  const wrong: readonly (readonly [Parameters<typeof readTerms>[0], readonly string[], RegExp])[] = [
    ['refuse', [], /at least one/],
    ['refuse', ['sendr=example.org'], /did you mean "sender"/],
    ['refuse', ['sender'], /sender cannot be ""/],
    ['refuse', ['sender=*'], /sender cannot be/],
    ['refuse', ['client=203.0.113.5/24'], /client cannot be/],
    ['refuse', ['larger=-1'], /larger cannot be/],
    ['refuse', ['larger=0'], /larger cannot be/],
    ['refuse', ['tls=maybe'], /tls cannot be/],
    ['refuse', ['direction=up'], /direction cannot be/],
    ['refuse', [`sender=${'a'.repeat(500)}.example`], /sender cannot be/],
    ['refuse', ['helo=a b'], /helo cannot be/],
    ['refuse', ['__proto__=1'], /is no condition/],
    ['refuse', Array.from({ length: ruleTermsMax + 1 }, () => 'tls=yes'), /at most/],
    ['junk', ['direction=out'], /no Junk folder/],
    ['accept', ['sender=example.org'], /anybody can claim/],
    ['accept', ['client!=192.0.2.1'], /anybody can claim/],
    ['accept', ['client=0.0.0.0/0'], /too wide/],
    ['accept', ['client=2000::/15'], /too wide/],
    ['accept', ['client=FE00::/7'], /too wide/],
    ['accept', ['client=0.0.0.0-255.255.255.255'], /too wide/],
    ['accept', ['client=1.0.0.0-223.255.255.255'], /too wide/],
    ['accept', ['client=2001::-2002::'], /too wide/],
    ['accept', ['client=192.0.2.1', 'larger=1MiB'], /cannot wait/],
  ];
  for (const [action, words, why] of wrong) {
    const read = readTerms(action, words);
    assert.match(read.ok ? 'read' : read.error, why, `${action} ${words.join(' ').slice(0, 60)}`);
  }
  for (const narrow of ['10.0.0.0-10.255.255.255', '192.0.2.7-192.0.2.7', '2001:DB8::/32', '@partners'])
    assert.ok(readTerms('accept', [`client=${narrow}`]).ok, narrow);
  const spelled = 'client!=192.0.2.0/24 sender=example.org recipient=*@example.test larger=10MiB';
  const read = readTerms('refuse', spelled.split(' '));
  assert.ok(read.ok);
  assert.equal(read.value.map(spellTerm).join(' '), spelled);
});

test('rules end when they should, outlive a restart, and are bounded', async () => {
  const clock = createFakeClock();
  const { settings } = createMemoryStore({ clock, random: createFakeRandom(1) });
  const keep = () =>
    new KeptRows<KeptRule>({
      settings,
      namePrefix: 'rules.kept_',
      failed: ({ code }) => assert.fail(code),
      read: readKeptRule,
    });
  const first = keep();
  const nowMs = () => clock.now();
  const book = bookOf([], {
    nowMs,
    changed: (name, rule) => first.changed(name, rule && keptRule(rule)),
  });
  const lasting = { ...ruleOfText('lasting accept client=192.0.2.0/24'), reason: 'a partner' };
  book.add(lasting);
  book.add({ ...ruleOfText('short refuse tls=no'), untilMs: clock.now() + 1000 });
  assert.equal(book.list().length, 2);
  await clock.advance(1000);
  assert.deepEqual(
    book.list().map(({ name }) => name),
    ['lasting'],
  );
  assert.equal(book.remove('short'), undefined, 'it was over');
  await first.flush();
  const again = bookOf([], { nowMs });
  again.restore((await keep().load()).flatMap(ruleOf));
  assert.deepEqual(again.list().map(keptRule), [keptRule(lasting)]);
  for (let index = 1; index < rulesMax; index += 1)
    assert.equal(again.add(ruleOfText(`r${index} note tls=no`)), 'added');
  assert.equal(again.add(ruleOfText('more note tls=no')), 'full');
  assert.equal(again.add(ruleOfText('r5 refuse tls=no')), 'added', 'a new word');
});

test('what was kept by another version is not half a rule', () => {
  const kept = keptRule(ruleOfText('x refuse sender=example.org tls=no'));
  assert.ok(readKeptRule(kept) !== undefined);
  const broken: readonly unknown[] = [
    null,
    7,
    {},
    { ...kept, action: 'bounce' },
    { ...kept, words: ['sender=example.org', 'moon=full'] },
    { ...kept, words: [7] },
    { ...kept, words: 'sender=example.org' },
    { ...kept, name: 7 },
    { ...kept, priority: '1' },
  ];
  for (const value of broken) assert.equal(readKeptRule(value), undefined, JSON.stringify(value));
});

test('`policy.rule.action` is the most that rules do', () => {
  const rule = ruleOfText('x refuse tls=yes');
  const done = (ceiling: Parameters<typeof ruleWord>[1]['ceiling']) =>
    ruleWord(rule, { ceiling, at: 'rcpt' }).action;
  assert.deepEqual((['off', 'note', 'score', 'junk', 'greylist', 'defer', 'refuse'] as const).map(done), [
    'note',
    'note',
    'note',
    'junk',
    'defer',
    'defer',
    'refuse',
  ]);
  const accept = ruleOfText('y accept client=192.0.2.1');
  assert.equal(ruleWord(accept, { ceiling: 'refuse', at: 'rcpt' }).action, 'accept');
  assert.equal(ruleWord(accept, { ceiling: 'note', at: 'rcpt' }).action, 'note');
  assert.equal(bookOf(['z refuse tls=yes'], { ceiling: 'off' }).isEmpty, true);
});
