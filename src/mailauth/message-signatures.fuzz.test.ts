import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { Domain } from '#mail/domain.ts';
import { splitHeader } from '#mail/header.ts';
import type { ZoneTable } from '#platform/fake-resolver.ts';
import { sealAs } from './arc/seal-as.fixture.ts';
import { BodyHash } from './dkim/body-hash.ts';
import { makeEd25519Key, makeRsaKey, recordOf, signAs } from './dkim/sign-as.fixture.ts';
import { makeDkimKeys } from './dkim-keys.ts';
import { readPrivateKey } from './dkim-private-key.ts';
import { signDkim } from './dkim-sign.ts';
import { signaturesOf } from './message-signatures.fixture.ts';

const numRuns = Number(process.env['POSTERN_FUZZ_RUNS'] ?? 1000);
const nowMs = 1_800_000_000_000;
const keys = [makeRsaKey(1024), makeEd25519Key()] as const;
const zone: ZoneTable = {
  's._domainkey.a.test': { TXT: [recordOf(keys[0])] },
  's._domainkey.b.test': { TXT: [recordOf(keys[1])] },
};

const word = fc.constantFrom('a', 'Zz', ' ', '\t', '\r\n ', '\r\n\t', ';', ':', '=', '\u00e9', '"', '(');
const value = fc.array(word, { maxLength: 10 }).map((words) => `x${words.join('')}y`);
const line = fc.constantFrom('a', ' ', '\t', '\r\n', '.', '\u00e9', '\r\n\r\n', 'b c', '--', '\0');
const body = fc.array(line, { maxLength: 30 }).map((lines) => lines.join(''));
const form = fc.constantFrom(
  'simple/simple',
  'simple/relaxed',
  'relaxed/simple',
  'relaxed/relaxed',
  'simple',
  undefined,
);

interface Made {
  /** By `keys[which]`. */
  readonly which: 0 | 1;
  readonly c: string | undefined;
  readonly text: string;
}

const made = fc
  .record({ which: fc.constantFrom<0 | 1>(0, 1), c: form, subject: value, to: value, other: value, body })
  .map(({ which, c, subject, to, other, body: text }): Made => {
    const header = `X-Other: ${other}\r\nFrom: me@a.test\r\nSubject: ${subject}\r\nTo: ${to}\r\nTo: second\r\n`;
    return { which, c, text: `${header}\r\n${text}` };
  });

function signed({ which, c, text }: Made): string {
  const d = which === 0 ? 'a.test' : 'b.test';
  return signAs(text, { key: keys[which], tags: { c, d, h: 'from:from:to:subject:to:to:x-none' } });
}

/** Signing costs more than judging: what is mangled comes from a few that were signed once. */
const fewSigned = fc.sample(made, { numRuns: 40, seed: 6376 }).map(signed);
const fewSealed = fewSigned.map((text) => sealAs(text, { key: keys[1], domain: 'b.test', instance: 1 }));

async function results(message: string, chunkBytes?: number): Promise<readonly string[]> {
  const world = { zone, nowMs, ...(chunkBytes === undefined ? {} : { chunkBytes }) };
  const signatures = signaturesOf(message, world);
  const { outcomes } = await signatures.dkim();
  const arc = await signatures.arc();
  return [...outcomes.map((one) => `${one.result}/${one.reason}`), `arc ${arc.result}/${arc.reason}`];
}

test('what was signed verifies, in any chunking (I-41)', async () => {
  await fc.assert(
    fc.asyncProperty(made, fc.integer({ min: 1, max: 20 }), async (one, chunkBytes) => {
      assert.deepEqual(await results(signed(one), chunkBytes), ['pass/verified', 'arc none/none']);
    }),
    { numRuns },
  );
});

test('one octet changed in what was signed, and it does not (I-41)', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...fewSigned),
      fc.nat(),
      fc.constantFrom('~', '%'),
      async (message, place, octet) => {
        const start = message.indexOf('From: me');
        const at = start + (place % (message.length - start));
        fc.pre(message[at] !== octet && !isBreakBeforeBody(message, at));
        const changed = message.slice(0, at) + octet + message.slice(at + 1);
        const [dkim] = await results(changed);
        assert.notEqual(dkim, 'pass/verified', JSON.stringify({ changed, at }));
      },
    ),
    { numRuns },
  );
});

/** Without the blank line what was the body is header, and an empty body is as good as before. */
function isBreakBeforeBody(message: string, at: number): boolean {
  const end = message.indexOf('\r\n\r\n', message.indexOf('From: me'));
  return at >= end && at < end + 4;
}

/** What an attacker does to a signed and sealed message. */
const edits = fc.array(
  fc.record({
    at: fc.nat(),
    removed: fc.integer({ min: 0, max: 30 }),
    added: fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.constantFrom(
        ';',
        '=',
        '; l=0',
        ';b=',
        ' \r\n ',
        'i=1;',
        'v=1;',
        '\r\nFrom: x\r\n',
        '\u00ff',
        '\0',
        ';;',
        ':',
        'x=1',
      ),
    ),
  }),
  { maxLength: 6 },
);

test('a mangled message is judged without throwing, the same in any chunking (S-09)', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...fewSealed),
      edits,
      fc.integer({ min: 1, max: 50 }),
      async (sealed, changes, chunkBytes) => {
        let message = sealed;
        for (const { at, removed, added } of changes) {
          const place = at % (message.length + 1);
          message = message.slice(0, place) + added + message.slice(place + removed);
        }
        assert.deepEqual(await results(message, chunkBytes), await results(message));
      },
    ),
    { numRuns },
  );
});

test('any octets at all are judged without throwing', async () => {
  const name = fc.constantFrom(
    'DKIM-Signature:',
    'ARC-Seal: ',
    'ARC-Message-Signature:',
    'ARC-Authentication-Results:i=1',
    '',
  );
  const octets = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('latin1'));
  const junk = fc.tuple(name, octets).map((parts) => parts.join(''));
  await fc.assert(
    fc.asyncProperty(fc.array(junk, { maxLength: 8 }), async (fields) => {
      const found = await results(fields.join('\r\n'));
      assert.ok(found.every((one) => !one.includes('pass')));
    }),
    { numRuns },
  );
});

test('what our own signer signs verifies, and no field that it guards can be added (P-20, I-40)', async () => {
  const own = await makeDkimKeys(nowMs);
  const records = Object.fromEntries(
    own.map((key) => [`${key.selector}._domainkey.a.test`, { TXT: [key.record] }]),
  );
  const signing = own.map((key) => ({ key, sign: readPrivateKey(key) }));
  const verdicts = async (message: string): Promise<readonly string[]> => {
    const { outcomes } = await signaturesOf(message, { zone: records, nowMs }).dkim();
    return outcomes.map((one) => one.result);
  };
  const guarded = fc.constantFrom('Subject', 'Cc', 'Reply-To', 'Content-Type', 'To', 'Date', 'From');
  await fc.assert(
    fc.asyncProperty(made, guarded, async ({ text }, name) => {
      const block = splitHeader(Buffer.from(text, 'latin1'));
      const bodyHash = new BodyHash('relaxed');
      bodyHash.update(Buffer.from(text.slice(block.bodyStart), 'latin1'));
      const fields = await signDkim({
        domain: 'a.test' as Domain,
        keys: signing,
        header: Buffer.from(text, 'latin1'),
        bodyHash: bodyHash.end().digest.toString('base64'),
        nowMs,
      });
      assert.deepEqual(await verdicts(fields + text), ['pass', 'pass']);
      const added = await verdicts(`${name}: x\r\n${fields}${text}`);
      assert.ok(!added.includes('pass'), name);
    }),
    // Each run makes an RSA signature of 2,048 bits.
    { numRuns: Math.ceil(numRuns / 10) },
  );
});
