import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sealAs } from './arc/seal-as.fixture.ts';
import { makeEd25519Key, recordOf, signAs } from './dkim/sign-as.fixture.ts';
import { signaturesOf } from './message-signatures.fixture.ts';

const key = makeEd25519Key();
const zone = { 's._domainkey.a.test': { TXT: [recordOf(key)] } };
const header = 'From: me@a.test\r\nTo: you@b.test\r\nSubject: x\r\n';

/** Some 20 ms each; what goes by the square of its size takes minutes. */
const cpuMsMax = 1_000;

function signedEightTimes(text: string, h: string): string {
  let signed = text;
  for (let n = 0; n < 8; n += 1) signed = signAs(signed, { key, tags: { h } });
  return signed;
}

function sealedFiftyTimes(): string {
  let text = `${header}\r\nhi\r\n`;
  for (let instance = 1; instance <= 50; instance += 1) {
    text = sealAs(text, { key, domain: 'a.test', instance, results: `a.test; ${'x'.repeat(2_000)}` });
  }
  return text;
}

/** The dearest messages that the bounds let through (S-09). */
const messages: Readonly<Record<string, () => string>> = {
  'eight signatures over 9,900 fields': () =>
    signedEightTimes(`${header}${'X:a\r\n'.repeat(9_900)}\r\nhi\r\n`, `from${':x'.repeat(999)}`),
  'eight signatures over one field of white space': () =>
    signedEightTimes(`${header}X:${' \t'.repeat(100_000)}a\r\n\r\nhi\r\n`, 'from:x'),
  'eight signatures over one field of 40,000 lines': () =>
    signedEightTimes(`${header}X:${' a\r\n'.repeat(40_000)}\r\nhi\r\n`, 'from:x'),
  'fifty ARC sets': sealedFiftyTimes,
  'signature fields of white space': () =>
    `${`DKIM-Signature: v=1;${' \r\n\t'.repeat(4_000)};x=1\r\n`.repeat(16)}${header}\r\n`,
  'a body of white space': () => signAs(`${header}\r\n${' \t'.repeat(500_000)}x`, { key }),
  'a body of bare CR': () => signAs(`${header}\r\n${'a\r'.repeat(500_000)}`, { key }),
  'a body of empty lines': () => signAs(`${header}\r\n${'\r\n'.repeat(500_000)}x`, { key }),
  'a body of spaces at ends of lines': () => signAs(`${header}\r\n${'a \r\n'.repeat(250_000)}`, { key }),
};

for (const [name, make] of Object.entries(messages)) {
  test(`${name}: judged in time by its size`, async () => {
    const message = Buffer.from(make(), 'latin1');
    for (const chunkBytes of [message.length, 4_096]) {
      const start = process.cpuUsage();
      const signatures = signaturesOf(message, { zone, chunkBytes });
      const [{ outcomes }, arc] = await Promise.all([signatures.dkim(), signatures.arc()]);
      assert.ok(process.cpuUsage(start).user / 1000 < cpuMsMax);
      assert.ok([...outcomes, arc].some((one) => one.reason === 'verified' || one.reason === 'syntax'));
    }
  });
}
