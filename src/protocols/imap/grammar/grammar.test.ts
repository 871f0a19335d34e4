import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cursor, SyntaxProblem } from './cursor.ts';
import { date, dateTime, formatDateTime } from './dates.ts';
import { flag, flagList, storeFlags } from './flags.ts';
import { compileListPattern } from './list-pattern.ts';
import { decodeName, encodeName } from './mailbox-name.ts';
import { decodeModifiedUtf7, encodeModifiedUtf7 } from './modified-utf7.ts';
import { formatNumbers, mergeRanges, resolveStar, sequenceSet } from './sequence-set.ts';
import { astring, listMailbox, nstring, number, string } from './strings.ts';

function on(text: string): Cursor {
  return new Cursor({ text, literals: [] });
}

function reads<T>(text: string, rule: (cursor: Cursor) => T): T {
  const cursor = on(text);
  const value = rule(cursor);
  cursor.end();
  return value;
}

function refuses(text: string, rule: (cursor: Cursor) => unknown): void {
  assert.throws(() => reads(text, rule), SyntaxProblem, text);
}

test('strings are atoms, quoted or literals', () => {
  assert.equal(reads('INBOX', astring), 'INBOX');
  assert.equal(reads('a]b', astring), 'a]b');
  assert.equal(reads(String.raw`"a \"b\" \\"`, string), String.raw`a "b" \ `.trimEnd());
  assert.equal(reads('""', string), '');
  assert.equal(reads('NIL', nstring), undefined);
  assert.equal(reads('foo%*', listMailbox), 'foo%*');
  refuses('', astring);
  refuses('"open', string);
  refuses(String.raw`"a\b"`, string);
  refuses('a b', astring);
  refuses('a(b', astring);
  refuses('{3}', astring);
});

test('a literal is taken where it was announced, and nowhere else', () => {
  const literals = [{ at: 5, bytes: Buffer.from('a b'), binary: false }];
  const cursor = new Cursor({ text: 'x {3} y', literals }, 2);
  assert.equal(astring(cursor), 'a b');
  cursor.space();
  assert.equal(astring(cursor), 'y');
  assert.throws(() => astring(new Cursor({ text: '{3}', literals })), SyntaxProblem);
});

test('numbers have a bound', () => {
  assert.equal(reads('4294967295', number), 4_294_967_295);
  refuses('4294967296', number);
  refuses('-1', number);
  refuses('9'.repeat(400), number);
});

test('sequence sets are merged, and * is the last message', () => {
  const ranges = (text: string, largest: number): unknown => {
    const set = reads(text, sequenceSet);
    return set.kind === 'saved' ? '$' : resolveStar(set.ranges, largest);
  };
  assert.deepEqual(ranges('1', 9), [[1, 1]]);
  assert.deepEqual(ranges('3,1:2,2:4', 9), [[1, 4]]);
  assert.deepEqual(ranges('*', 9), [[9, 9]]);
  assert.deepEqual(ranges('*:4', 9), [[4, 9]]);
  // RFC 9051 §9: 3291:* contains the last message even when that is below 3291.
  assert.deepEqual(ranges('3291:*', 100), [[100, 3291]]);
  assert.equal(ranges('$', 9), '$');
  refuses('0', sequenceSet);
  refuses('1,', sequenceSet);
  refuses('1:', sequenceSet);
  refuses(Array.from({ length: 10_001 }, (_, n) => n * 2 + 1).join(','), sequenceSet);
  assert.equal(formatNumbers([1, 2, 3, 7, 9, 10]), '1:3,7,9:10');
  assert.deepEqual(mergeRanges([]), []);
});

test('dates are days of UTC, and those that no calendar has are refused', () => {
  assert.equal(reads('1-Feb-1994', date).fromMs, Date.UTC(1994, 1, 1));
  assert.equal(reads('"01-feb-1994"', date).untilMs, Date.UTC(1994, 1, 2));
  assert.equal(reads('"17-Jul-1996 02:44:25 -0700"', dateTime), Date.UTC(1996, 6, 17, 9, 44, 25));
  assert.equal(reads('" 1-Jan-0099 00:00:00 +0000"', dateTime), new Date('0099-01-01T00:00:00Z').getTime());
  assert.equal(formatDateTime(Date.UTC(1996, 6, 7, 9, 44, 25)), '" 7-Jul-1996 09:44:25 +0000"');
  const outermost = ['"01-Jan-0000 00:00:00 +2400"', '"31-Dec-9999 23:59:59 -2400"'];
  assert.deepEqual(
    outermost.map((text) => formatDateTime(dateTime(new Cursor({ text, literals: [] })))),
    ['" 1-Jan-0000 00:00:00 +0000"', '"31-Dec-9999 23:59:59 +0000"'],
  );
  for (const wrong of ['31-Apr-2024', '0-May-2024', '29-Feb-2023', '1-Foo-2024', '1-Jan-24'])
    refuses(wrong, date);
  refuses('"17-Jul-1996 24:44:25 -0700"', dateTime);
});

test('flags are told in their usual spelling', () => {
  assert.equal(reads(String.raw`\seen`, flag), '\\Seen');
  assert.deepEqual(reads(String.raw`(\Deleted $Junk)`, flagList), ['\\Deleted', '$Junk']);
  assert.deepEqual(reads('()', flagList), []);
  assert.deepEqual(reads(String.raw`\Seen a b`, storeFlags), ['\\Seen', 'a', 'b']);
  refuses(String.raw`\Recent`, flag);
  refuses(String.raw`\*`, flag);
  refuses('x'.repeat(101), flag);
});

test('modified UTF-7 has one spelling for each name', () => {
  for (const [name, wire] of [
    ['Entwürfe', 'Entw&APw-rfe'],
    ['台北', '&U,BTFw-'],
    ['A&B', 'A&-B'],
    ['😀', '&2D3eAA-'],
  ] as const) {
    assert.equal(encodeModifiedUtf7(name), wire);
    assert.equal(decodeModifiedUtf7(wire), name);
  }
  // Printable ASCII in base64, an unshifted tail, a half surrogate, 8-bit, an open shift.
  for (const wrong of ['&AGE-', '&U,BTFw-&ZeU-', '&2D0-', 'ü', '&U,BTFw', 'a&b']) {
    assert.equal(decodeModifiedUtf7(wrong), undefined, wrong);
  }
});

test('names are NFC, and INBOX is INBOX', () => {
  assert.equal(decodeName('inBox', 'utf7'), 'INBOX');
  assert.equal(decodeName('inbox/a', 'utf8'), 'INBOX/a');
  assert.equal(decodeName('inboxes', 'utf8'), 'inboxes');
  assert.equal(decodeName(Buffer.from('A\u0308').toString('latin1'), 'utf8'), 'Ä');
  assert.equal(decodeName('\xff', 'utf8'), undefined);
  assert.equal(encodeName('Ä', 'utf8'), '\xc3\x84');
});

test('list patterns: * crosses levels, % does not', () => {
  const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ['*', ['', 'a', 'a/b'], []],
    ['%', ['', 'a'], ['a/b']],
    ['a/%', ['a/', 'a/b'], ['a', 'a/b/c', 'b/c']],
    ['%/%', ['a/b'], ['a', 'a/b/c']],
    ['a*b', ['ab', 'a/x/b', 'abab'], ['aba', 'ba']],
    ['%*%', ['a/b/c'], []],
    ['*a%b', ['ab', 'x/a_b', 'a/ab'], ['a/b']],
    ['abc', ['abc'], ['ab', 'abcd', 'ABC']],
    ['', [''], ['a']],
  ];
  for (const [pattern, fitting, others] of cases) {
    const fits = compileListPattern(pattern);
    for (const name of fitting) assert.equal(fits(name), true, `${pattern} fits ${name}`);
    for (const name of others) assert.equal(fits(name), false, `${pattern} does not fit ${name}`);
  }
});

test('a hostile list pattern costs no more than its length', () => {
  const fits = compileListPattern('*a%'.repeat(300));
  const name = 'a'.repeat(1_000);
  const start = performance.now();
  for (let n = 0; n < 20; n += 1) fits(name);
  assert.ok(performance.now() - start < 1_000);
});
