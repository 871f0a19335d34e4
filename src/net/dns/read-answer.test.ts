import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Answer } from 'dns-packet';
import type { DnsReply } from './dns-exchanged.ts';
import { readAnswer } from './read-answer.ts';

const name = 'a.test';

function replyWith(answers: readonly Answer[]): DnsReply {
  return {
    rcode: 'NOERROR',
    truncated: false,
    authenticData: false,
    answers,
    soa: undefined,
    echoes: true,
    sizeBytes: 1000,
  };
}

test('an answer weighs what its names take, which were pointers in the reply (S-09)', () => {
  const long = ['x'.repeat(60), 'y'.repeat(60), 'z'.repeat(60), 'test'].join('.');
  const count = 50;
  const textBytes = count * long.length;
  const ttl = 60;
  for (const answer of [
    { type: 'MX', name, ttl, data: { exchange: long } },
    { type: 'SRV', name, ttl, data: { port: 25, target: long } },
    { type: 'PTR', name, ttl, data: long },
  ] as const) {
    const reply = replyWith(Array.from({ length: count }, () => answer));
    assert.ok(readAnswer(reply, name, answer.type).keptBytes > 1000 + textBytes, answer.type);
  }
  assert.equal(readAnswer(replyWith([]), name, 'MX').keptBytes, 1000);
});
