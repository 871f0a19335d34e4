import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keywordsPerMailboxMax } from './contract/messages.ts';
import { changeFlags, flagNames, keywordLengthMax, parseFlags, placeFlags } from './flags.ts';

const table = Array.from({ length: keywordsPerMailboxMax }, (_, i) => `k${i}`);

test('system flags are known in any case, keywords once, \\Recent is dropped', () => {
  assert.deepEqual(parseFlags(['\\SEEN', '\\draft', 'Work', 'WORK', '\\Recent']), {
    ok: true,
    value: { system: 17, keywords: ['Work'] },
  });
});

test('keywords are bounded atoms', () => {
  for (const bad of ['', 'a b', 'a]', 'a\\', 'a*', 'a%', 'a(', 'a{', 'ü', '\\New', 'a"', 'a\u0000']) {
    assert.ok(!parseFlags([bad]).ok, JSON.stringify(bad));
  }
  for (const good of ['$Junk', 'a[b', 'x'.repeat(keywordLengthMax)]) assert.ok(parseFlags([good]).ok, good);
  assert.ok(!parseFlags(['x'.repeat(keywordLengthMax + 1)]).ok);
});

test('a full table gives up the keyword that nobody bears, and only that', () => {
  const flags = { system: 0, keywords: ['new', 'newer'] };
  const allBut7 = (1 << 31) - 32 - (1 << 12);
  const placed = placeFlags(flags, table, () => allBut7);
  assert.equal(placed.keywords[7], 'new');
  assert.deepEqual(placed.refused, ['newer']);
  assert.equal(placed.bits, 1 << 12);
});

test('names and bits go together', () => {
  assert.deepEqual(flagNames(1 | 8 | 32 | 128, ['a', 'b', 'c']), ['\\Seen', '\\Deleted', 'a', 'c']);
  assert.deepEqual(
    [changeFlags(5, 'add', 2), changeFlags(7, 'remove', 2), changeFlags(7, 'replace', 8)],
    [7, 5, 8],
  );
});
