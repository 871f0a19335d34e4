import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { parseDate } from './date.ts';
import { decodeEncodedWords } from './encoded-word.ts';
import { messageIds } from './envelope.ts';
import { parseAddressList } from './header-address.ts';
import { unfold } from './header.ts';
import { readContentType } from './part-header.ts';

const suites = process.env['POSTERN_SUITES'];

interface Case<T> {
  readonly header: string;
  readonly expected: T;
}

/** Compares each case of a table; `settled` names those (by place) that differ by decision, and must. */
function compare<T>(
  t: TestContext,
  table: { readonly name: string; readonly settled: Readonly<Record<number, string>> },
  ours: (header: string, expected: T) => readonly [unknown, unknown],
): void {
  if (suites === undefined) return t.skip('POSTERN_SUITES is not set');
  const file = `${suites}/mime/mail-parser/${table.name}.json`;
  const cases = JSON.parse(readFileSync(file, 'utf8')) as readonly Case<T>[];
  assert.ok(cases.length > 5);
  const differences: string[] = [];
  for (const [index, { header, expected }] of cases.entries()) {
    const [actual, wanted] = ours(Buffer.from(header).toString('latin1'), expected).map((v) =>
      JSON.stringify(v),
    );
    if ((actual === wanted) === (table.settled[index] !== undefined)) {
      differences.push(`${index} ${JSON.stringify(header)}\n  ours   ${actual}\n  theirs ${wanted}`);
    }
  }
  assert.equal(differences.join('\n'), '');
}

/** Unfolding keeps the white space after the line break (RFC 5322 §2.2.3); mail-parser makes it one space. */
function oneSpace(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}

interface Person {
  readonly name: string | null;
  readonly address: string | null;
}
type Addresses = { readonly List: readonly Person[] } | { readonly Group: readonly Group[] } | 'Empty' | null;
interface Group {
  readonly name: string | null;
  readonly addresses: readonly Person[];
}

function people(expected: Addresses): readonly Person[] {
  if (expected === null || expected === 'Empty') return [];
  return 'List' in expected ? expected.List : expected.Group.flatMap((group) => group.addresses);
}

test('addresses as mail-parser reads them', (t) => {
  compare<Addresses>(
    t,
    {
      name: 'address',
      settled: {
        8: 'M-4',
        9: 'M-4',
        10: 'M-4',
        11: 'M-4',
        13: 'M-4',
        14: 'M-4',
        22: 'M-4',
        37: 'M-5',
        38: 'M-5',
        39: 'M-5',
        40: 'M-5',
        41: 'M-5',
        43: 'M-5',
        44: 'M-5',
        45: 'M-5',
        46: 'M-5',
        47: 'M-5',
        55: 'M-5',
        56: 'M-4',
      },
    },
    (header, expected) => [
      parseAddressList(header)
        .addresses.filter((a) => a.host !== undefined)
        .map((a) => ({
          name: a.name === undefined ? null : decodeEncodedWords(a.name),
          address: a.host === '' ? a.mailbox : decodeEncodedWords(`${a.mailbox}@${a.host}`),
        })),
      people(expected),
    ],
  );
});

interface When {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly tz_before_gmt: boolean;
  readonly tz_hour: number;
  readonly tz_minute: number;
}

test('dates as mail-parser reads them', (t) => {
  compare<When | null>(
    t,
    { name: 'date', settled: { 10: 'M-6', 12: 'M-6', 14: 'M-6', 28: 'M-6' } },
    (header, expected) => {
      const offset = expected === null ? 0 : expected.tz_hour * 60 + expected.tz_minute;
      const theirs =
        expected === null
          ? null
          : Date.UTC(
              expected.year,
              expected.month - 1,
              expected.day,
              expected.hour,
              expected.minute,
              expected.second,
            ) -
            (expected.tz_before_gmt ? -offset : offset) * 60_000;
      return [parseDate(header) ?? null, theirs];
    },
  );
});

interface Type {
  readonly c_type: string;
  readonly c_subtype: string | null;
  readonly attributes: readonly (readonly [string, string])[] | null;
}

test('Content-Type as mail-parser reads it', (t) => {
  compare<Type | null>(
    t,
    {
      name: 'content_type',
      settled: {
        31: 'M-9',
        34: 'M-9',
        49: 'M-9',
        54: 'M-9',
        59: 'M-9',
        61: 'M-9',
        76: 'M-9',
        77: 'M-9',
        78: 'M-9',
      },
    },
    (header, expected) => {
      const read = readContentType(header);
      const ours = [read.type, read.subtype, ...parameterTexts(read.parameters)];
      // Without a subtype it is text/plain for us (RFC 2045 §5.2).
      if (expected === null || expected.c_subtype === null)
        return [ours, ['text', 'plain', 'charset=us-ascii']];
      return [ours, [expected.c_type, expected.c_subtype, ...parameterTexts(expected.attributes ?? [])]];
    },
  );
});

/** Sorted, and without the language tags that mail-parser keeps as parameters of their own. */
function parameterTexts(parameters: readonly (readonly [string, string])[]): readonly string[] {
  return parameters
    .filter(([name]) => !name.endsWith('-language'))
    .map(([name, value]) => `${name.toLowerCase()}=${oneSpace(value).trim()}`)
    .toSorted();
}

test('message ids as mail-parser reads them', (t) => {
  compare<readonly string[] | string>(
    t,
    { name: 'id', settled: { 3: 'M-7', 6: 'M-7', 7: 'M-7', 10: 'M-7' } },
    (header, expected) => [messageIds(header), [expected].flat()],
  );
});

test('free text as mail-parser reads it', (t) => {
  compare<string>(
    t,
    { name: 'unstructured', settled: { 3: 'M-8', 11: 'M-8', 21: 'M-8', 27: 'M-8', 28: 'M-8' } },
    (header, expected) => [oneSpace(decodeEncodedWords(unfold(header).trim())), oneSpace(expected)],
  );
});
