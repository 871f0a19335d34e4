import { test } from 'node:test';
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { saslText } from './sasl-text.ts';
import { parseClientFinal, parseClientFirst } from './scram-message.ts';

const numRuns = Number(process.env['POSTERN_FUZZ_RUNS'] ?? 1000);
const piece = fc.constantFrom(
  'n',
  'y',
  'p=tls-exporter',
  ',',
  'a=',
  'n=',
  'r=',
  'c=',
  'p=',
  '=2C',
  '=3D',
  '=',
  'm=',
  'x',
  '\0',
);
const text = fc.oneof(
  fc.string(),
  fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
);

test('SCRAM messages never throw, and what is read puts together what was sent', () => {
  fc.assert(
    fc.property(text, (sent) => {
      const first = parseClientFirst(sent);
      if (first.ok) {
        assert.equal(first.value.gs2Header + first.value.bare, sent);
        assert.ok(!first.value.nonce.includes(','));
        assert.ok(first.value.user.length > 0);
      }
      const final = parseClientFinal(sent);
      if (final.ok) assert.ok(sent.startsWith(`${final.value.withoutProof},p=`));
    }),
    { numRuns },
  );
});

test('responses that are not UTF-8 or too long are nothing', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const read = saslText(bytes);
      if (read !== undefined) assert.deepEqual(new Uint8Array(Buffer.from(read)), bytes);
    }),
    { numRuns },
  );
  assert.equal(saslText(Buffer.alloc(4097, 'x')), undefined);
});
