import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { ReplyParser } from './reply-parser.ts';
import type { Reply } from './reply-parser.ts';

const numRuns = Number(process.env['POSTERN_FUZZ_RUNS'] ?? 1000);

function readAll(pieces: readonly Uint8Array[]): { replies: Reply[]; problem: string | undefined } {
  const parser = new ReplyParser();
  const replies: Reply[] = [];
  for (const piece of pieces) parser.push(piece);
  for (;;) {
    const next = parser.next();
    if (!next.ok) return { replies, problem: next.error };
    if (next.value === undefined) return { replies, problem: undefined };
    replies.push(next.value);
  }
}

const octets = fc.array(
  fc.oneof(
    fc.constantFrom(
      '2',
      '5',
      '0',
      ' ',
      '-',
      '\r\n',
      '\r',
      '\n',
      '\0',
      'x',
      '250 ok\r\n',
      '250-a\r\n',
      '550 ',
    ),
    fc.uint8Array({ maxLength: 4 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
  ),
  { maxLength: 60 },
);

test('never throws, and any chunking gives the same', () => {
  fc.assert(
    fc.property(octets, fc.array(fc.nat(200), { maxLength: 10 }), (parts, cuts) => {
      const bytes = Buffer.from(parts.join(''), 'latin1');
      const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
      const pieces = places.slice(1).map((end, at) => bytes.subarray(places[at], end));
      assert.deepEqual(readAll(pieces), readAll([bytes]));
    }),
    { numRuns },
  );
});

test('what is written as a reply is read back', () => {
  const text = fc.string({ unit: fc.integer({ min: 32, max: 126 }).map((c) => String.fromCharCode(c)) });
  const reply = fc.record({
    code: fc.integer({ min: 200, max: 599 }),
    lines: fc.array(text, { minLength: 1, maxLength: 10 }),
  });
  fc.assert(
    fc.property(fc.array(reply, { maxLength: 5 }), (made) => {
      const replies = made.map(({ code, lines }) => ({ code, lines }));
      const wire = replies.map(({ code, lines }) =>
        lines.map((line, at) => `${code}${at === lines.length - 1 ? ' ' : '-'}${line}\r\n`).join(''),
      );
      assert.deepEqual(readAll([Buffer.from(wire.join(''))]), { replies, problem: undefined });
    }),
    { numRuns },
  );
});
