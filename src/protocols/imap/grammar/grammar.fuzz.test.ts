import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { Cursor, SyntaxProblem } from './cursor.ts';
import { compileListPattern } from './list-pattern.ts';
import { decodeModifiedUtf7, encodeModifiedUtf7 } from './modified-utf7.ts';
import { formatNumbers, resolveStar, sequenceSet } from './sequence-set.ts';
import { string } from './strings.ts';
import { wireMailbox, wireString } from '../response/wire.ts';

const numRuns = Number(process.env['POSTERN_FUZZ_RUNS'] ?? 1000);

test('modified UTF-7: what was encoded is decoded, and what is decoded has one spelling', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (name) => {
      const wire = encodeModifiedUtf7(name);
      assert.match(wire, /^[\x20-\x7e]*$/);
      assert.equal(decodeModifiedUtf7(wire), name);
    }),
    { numRuns },
  );
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('&', '-', 'A', 'G', 'E', ',', '+', 'a', '/') }), (wire) => {
      const name = decodeModifiedUtf7(wire);
      if (name !== undefined) assert.equal(encodeModifiedUtf7(name), wire);
    }),
    { numRuns },
  );
});

test('list patterns agree with the plain definition', () => {
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '/', '%', '*'), maxLength: 10 });
  const name = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 12 });
  fc.assert(
    fc.property(pattern, name, (pattern, name) => {
      assert.equal(compileListPattern(pattern)(name), fitsPlainly(pattern, name));
    }),
    { numRuns },
  );
});

function fitsPlainly(pattern: string, name: string): boolean {
  const head = pattern.charAt(0);
  const rest = pattern.slice(1);
  if (head === '') return name === '';
  if (head !== '*' && head !== '%') return name.charAt(0) === head && fitsPlainly(rest, name.slice(1));
  for (let taken = 0; taken <= name.length; taken += 1) {
    if (head === '%' && name.slice(0, taken).includes('/')) return false;
    if (fitsPlainly(rest, name.slice(taken))) return true;
  }
  return false;
}

test('numbers survive being written as a sequence set', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 200 }), { minLength: 1 }), (numbers) => {
      const ascending = [...numbers].sort((a, b) => a - b);
      const set = sequenceSet(new Cursor({ text: formatNumbers(ascending), literals: [] }));
      assert.ok(set.kind === 'ranges');
      const back = resolveStar(set.ranges, 200).flatMap(([from, to]) =>
        Array.from({ length: to - from + 1 }, (_, i) => from + i),
      );
      assert.deepEqual(back, ascending);
    }),
    { numRuns },
  );
});

test('what is quoted for the client reads as the same string', () => {
  const wire = fc.string({ unit: fc.integer({ min: 1, max: 255 }).map((code) => String.fromCharCode(code)) });
  fc.assert(
    fc.property(wire, (value) => {
      for (const text of [wireString(value), wireMailbox(value)]) {
        const literal = /^\{(\d+)\}\r\n/.exec(text);
        if (literal !== null) {
          assert.equal(text.slice(literal[0].length), value);
        } else if (text.startsWith('"')) {
          assert.equal(string(new Cursor({ text, literals: [] })), value);
        } else {
          assert.equal(text, value);
        }
      }
    }),
    { numRuns },
  );
});

test('sequence sets never throw but for a syntax problem', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('1', '9', '0', ':', ',', '*', '$', 'a') }), (text) => {
      try {
        sequenceSet(new Cursor({ text, literals: [] }));
      } catch (problem) {
        assert.ok(problem instanceof SyntaxProblem);
      }
    }),
    { numRuns },
  );
});
