import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { encode } from 'dns-packet';
import { readReply } from './dns-message.ts';
import { readAnswer } from './read-answer.ts';

const numRuns = Number(process.env['POSTERN_FUZZ_RUNS'] ?? 1000);
const query = {
  id: 0x1234,
  name: 'mail.example.test',
  spelled: 'mAil.examPLE.test',
  type: 'MX' as const,
  edns: true,
};

const good = encode({
  type: 'response',
  id: query.id,
  questions: [{ type: 'MX', name: query.name }],
  answers: [
    { type: 'CNAME', name: query.name, ttl: 5, data: 'mx.example.test' },
    { type: 'MX', name: 'mx.example.test', ttl: 5, data: { preference: 10, exchange: 'a.example.test' } },
    { type: 'TXT', name: 'mx.example.test', ttl: 5, data: ['one', 'two'] },
  ],
  authorities: [
    { type: 'SOA', name: 'example.test', ttl: 1, data: { mname: 'a.test', rname: 'b.test', minimum: 1 } },
  ],
});

function read(bytes: Uint8Array): void {
  const reply = readReply(bytes, query);
  if (!reply.ok) return;
  const answer = readAnswer(reply.value, query.name, query.type);
  assert.ok(answer.ttlS >= 0 && answer.ttlS <= 86_400);
}

test('no bytes make the reader throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), (tail) => {
      read(tail);
      const answered = Buffer.concat([good.subarray(0, 12), tail]);
      read(answered);
    }),
    { numRuns },
  );
});

test('a good reply with some octets changed or cut never makes the reader throw', () => {
  const change = fc.tuple(fc.nat(good.length - 1), fc.nat(255));
  fc.assert(
    fc.property(fc.array(change, { maxLength: 8 }), fc.nat(good.length), (changes, length) => {
      const bytes = Buffer.from(good);
      for (const [at, value] of changes) bytes[at] = value;
      read(bytes.subarray(0, length));
      read(bytes);
    }),
    { numRuns },
  );
});
