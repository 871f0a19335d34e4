import { test } from 'node:test';
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { ByteStuffer } from './byte-stuffer.ts';

function stuffed(
  text: string,
  options: { readonly pieceBytes?: number; readonly bodyLines?: number } = {},
): string {
  const { pieceBytes = 4096, bodyLines = Infinity } = options;
  const stuffer = new ByteStuffer(bodyLines);
  const bytes = Buffer.from(text, 'latin1');
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.byteLength; at += pieceBytes) {
    pieces.push(stuffer.push(bytes.subarray(at, at + pieceBytes)));
  }
  return Buffer.concat([...pieces, stuffer.end()]).toString('latin1');
}

test('dots are doubled, lines end in CR LF, the message in a dot', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['A: b\r\n\r\nx\r\n', 'A: b\r\n\r\nx\r\n.\r\n'],
    ['A: b\r\n\r\n.\r\n..\r\n.x', 'A: b\r\n\r\n..\r\n...\r\n..x\r\n.\r\n'],
    ['', '.\r\n'],
    ['x', 'x\r\n.\r\n'],
    ['x\r', 'x\r\n.\r\n'],
    ['\r\n\n.\n', '\r\n\r\n..\r\n.\r\n'],
    ['a\r\r\n.\r', 'a\r\n\r\n..\r\n.\r\n'],
  ];
  for (const [given, expected] of cases) assert.equal(stuffed(given), expected, JSON.stringify(given));
});

test('TOP takes the header, the blank line, and so many lines', () => {
  const message = 'A: b\r\nC: d\r\n\r\none\r\n.two\r\nthree\r\n';
  assert.equal(stuffed(message, { bodyLines: 0 }), 'A: b\r\nC: d\r\n\r\n.\r\n');
  assert.equal(stuffed(message, { bodyLines: 2 }), 'A: b\r\nC: d\r\n\r\none\r\n..two\r\n.\r\n');
  assert.equal(stuffed(message, { bodyLines: 9 }), stuffed(message));
  assert.equal(stuffed('A: b\r\n', { bodyLines: 0 }), 'A: b\r\n.\r\n');
});

test('what is sent reads back as it was, has one end, and does not depend on the pieces', () => {
  const unit = fc.constantFrom('\r', '\n', '\r\n', '.', 'a', '\0', '\r\n\r\n');
  const runs = Number(process.env['POSTERN_FUZZ_RUNS'] ?? 1000);
  fc.assert(
    fc.property(
      fc.array(unit, { maxLength: 30 }),
      fc.integer({ min: 1, max: 7 }),
      fc.nat(5),
      (units, pieceBytes, n) => {
        const text = units.join('');
        const whole = stuffed(text);
        assert.equal(stuffed(text, { pieceBytes }), whole);
        assert.equal(stuffed(text, { pieceBytes, bodyLines: n }), stuffed(text, { bodyLines: n }));
        assert.equal(whole.indexOf('\r\n.\r\n'), whole.length === 3 ? -1 : whole.length - 5);
        const lines = whole.slice(0, -3).replaceAll(/(^|\r\n)\./g, '$1');
        const plain = text.replaceAll(/\r\n|\r|\n/g, '\r\n');
        assert.equal(lines, plain === '' || plain.endsWith('\r\n') ? plain : `${plain}\r\n`);
      },
    ),
    { numRuns: runs },
  );
});
