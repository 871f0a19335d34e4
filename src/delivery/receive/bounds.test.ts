import assert from 'node:assert/strict';
import { test } from 'node:test';
import { address, begin, context, intakeWorld, mailFrom, send } from './intake.fixture.ts';
import { intakeDefaults, receivedFieldsMax } from './intake-settings.ts';

const from = 'From: stranger@example.org\r\n';

/** A message whose header, with the empty line that ends it, has so many octets. */
function headed(bytes: number): string {
  const lines: string[] = [from];
  let left = bytes - from.length - '\r\n'.length;
  while (left > 0) {
    const length = left > 1000 ? 900 : left;
    lines.push(`X-A: ${'a'.repeat(length - 'X-A: \r\n'.length)}\r\n`);
    left -= length;
  }
  return `${lines.join('')}\r\nbody\r\n`;
}

async function answerTo(message: string): Promise<string> {
  const [answer] = await send(await intakeWorld(), { message });
  if (answer?.ok === true) return 'taken';
  return answer === undefined ? 'nothing' : `${answer.reply.code} ${answer.reply.status}`;
}

test('a header has 256 KiB, and no more (S-09, I-64)', async () => {
  assert.equal(intakeDefaults.headerBytesMax, 256 * 1024);
  assert.equal(headed(5000).indexOf('\r\n\r\n') + 4, 5000);
  assert.equal(await answerTo(headed(256 * 1024)), 'taken');
  assert.equal(await answerTo(headed(256 * 1024 + 1)), '552 5.3.4');
});

test('a body line may have 1 MiB and more (S-09)', async () => {
  for (const bytes of [998, 999, 1024 * 1024, 1024 * 1024 + 1])
    assert.equal(await answerTo(`${from}\r\n${'x'.repeat(bytes)}\r\n`), 'taken', `${bytes}`);
});

test('a hundred Received fields, and no more (S-10)', async () => {
  const received = (count: number) =>
    `${'Received: from a.example by b.example; Thu, 1 Jan 2026 00:00:00 +0000\r\n'.repeat(count)}${from}\r\nx\r\n`;
  assert.equal(await answerTo(received(receivedFieldsMax)), 'taken');
  assert.equal(await answerTo(received(receivedFieldsMax + 1)), '554 5.4.6');
});

test('a thousand recipients, then the rest in another transaction (I-66, RFC 5321 §4.5.3.1.10)', async () => {
  const world = await intakeWorld({ settings: { inboundRecipientsMax: 100 } });
  const transaction = await begin(world, context('mx'), mailFrom('a@example.org'));
  for (let count = 0; count < 100; count += 1)
    assert.ok((await transaction.recipient(address(`user+${count}@example.test`))).ok);
  const more = await transaction.recipient(address('user+more@example.test'));
  assert.equal(!more.ok && `${more.reply.code} ${more.reply.status}`, '452 4.5.3');
  assert.equal(intakeDefaults.inboundRecipientsMax, 1000);
});
