import assert from 'node:assert/strict';
import { test } from 'node:test';
import { array, assert as check, constantFrom, oneof, property, string } from 'fast-check';
import { readConfiguration } from './read-configuration.ts';
import { tomlPlaces } from './toml-places.ts';

const numRuns = Number(process.env['POSTERN_FUZZ_RUNS'] ?? 1000);

const words =
  '[server] [[listener]] [[network]] hostname name port __proto__ constructor 1 1979-05-27 true é " \' """ \'\'\' = . , [ ] { } # \\ \\u0000';
const pieces = constantFrom(...words.split(' '), ' ', '\t', '\n', '\r\n', '\0');
const texts = array(oneof(pieces, string({ unit: 'grapheme', maxLength: 5 })), { maxLength: 60 }).map((all) =>
  all.join(''),
);

test('any text is read or refused with places inside it, and nothing throws', () => {
  check(
    property(texts, (text) => {
      const read = readConfiguration(text, '/etc/postern.toml');
      const linesMax = text.split('\n').length + 1;
      for (const { line } of read.ok ? [] : read.error)
        assert.ok((line ?? 1) >= 1 && (line ?? 1) <= linesMax);
    }),
    { numRuns },
  );
});

test('the walk over places ends for any text', () => {
  check(
    property(texts, (text) => {
      const places = tomlPlaces(text);
      assert.ok(places.size <= text.length + 1);
      for (const place of places.values()) assert.ok(place.line >= 1 && place.column >= 1);
    }),
    { numRuns },
  );
});
