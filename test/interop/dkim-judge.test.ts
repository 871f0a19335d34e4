import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { Domain } from '#mail/domain.ts';
import { sealAs } from '#mailauth/arc/seal-as.fixture.ts';
import { BodyHash } from '#mailauth/dkim/body-hash.ts';
import { makeEd25519Key, makeRsaKey, recordOf, signAs } from '#mailauth/dkim/sign-as.fixture.ts';
import type { TestKey } from '#mailauth/dkim/sign-as.fixture.ts';
import { makeDkimKeys } from '#mailauth/dkim-keys.ts';
import { readPrivateKey } from '#mailauth/dkim-private-key.ts';
import { signDkim } from '#mailauth/dkim-sign.ts';
import { signaturesOf } from '#mailauth/message-signatures.fixture.ts';

const python = '/usr/bin/python3';
const missing = missingDkim();

function missingDkim(): string | undefined {
  try {
    execFileSync(python, ['-c', 'import dkim, authres, nacl'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'not installed: python3-dkim and python3-authres (.ci/install-peers installs them)';
  }
}

type Job = Readonly<Record<string, unknown>> & { readonly do: 'verify' | 'arc-verify' | 'sign' | 'seal' };

function judge<T>(jobs: readonly Job[]): readonly T[] {
  const output = execFileSync(python, [join(import.meta.dirname, 'dkim-judge.py')], {
    input: JSON.stringify(jobs),
    maxBuffer: 256 * 1024 * 1024,
  });
  return JSON.parse(output.toString('utf8')) as readonly T[];
}

const nowMs = Date.now();
const rsa = makeRsaKey(2048);
const ed25519 = makeEd25519Key();
const rsaZone = { 's._domainkey.a.test': recordOf(rsa) };
const seed = 6376;

const word = fc.constantFrom('a', 'Zz', ' ', '\t', '\r\n ', '\r\n\t', ';', ':', '=', '\u00e9', '"');
const value = fc.array(word, { maxLength: 10 }).map((words) => `x${words.join('')}y`);
const line = fc.constantFrom('a', ' ', '\t', '\r\n', '.', '\u00e9', '\r\n\r\n', 'b c', '--');
/** Ended as in SMTP: of white space at the very end python3-dkim makes something else (decision DK-9). */
const body = fc
  .array(line, { maxLength: 30 })
  .map((lines) => lines.join(''))
  .map((text) => (text === '' || text.endsWith('\r\n') ? text : `${text}\r\n`));
const message = fc
  .record({ subject: value, other: value, body })
  .map(
    (one) =>
      `X-Other: ${one.other}\r\nFrom: me@a.test\r\nTo: you@b.test\r\nSubject: ${one.subject}\r\n\r\n${one.body}`,
  );
const form = fc.constantFrom('simple', 'relaxed');

async function passes(text: string, zone: Readonly<Record<string, string>>): Promise<readonly boolean[]> {
  const records = Object.fromEntries(Object.entries(zone).map(([name, record]) => [name, { TXT: [record] }]));
  const { outcomes } = await signaturesOf(text, { zone: records, nowMs }).dkim();
  return outcomes.map((one) => one.result === 'pass');
}

async function arcResult(text: string): Promise<string> {
  const records = { 's._domainkey.a.test': { TXT: [recordOf(rsa)] } };
  return (await signaturesOf(text, { zone: records, nowMs }).arc()).result;
}

test(
  'python3-dkim verifies what we send, with both keys (P-20, I-40)',
  { skip: missing ?? false },
  async () => {
    const keys = await makeDkimKeys(nowMs);
    const zone = Object.fromEntries(keys.map((key) => [`${key.selector}._domainkey.a.test`, key.record]));
    const jobs = await Promise.all(
      fc.sample(message, { numRuns: 200, seed }).map(async (text): Promise<Job> => {
        const [header = '', ...rest] = text.split('\r\n\r\n');
        const hash = new BodyHash('relaxed');
        hash.update(Buffer.from(rest.join('\r\n\r\n'), 'latin1'));
        const fields = await signDkim({
          domain: 'a.test' as Domain,
          keys: keys.map((key) => ({ key, sign: readPrivateKey(key) })),
          header: Buffer.from(`${header}\r\n`, 'latin1'),
          bodyHash: hash.end().digest.toString('base64'),
          nowMs,
        });
        return { do: 'verify', message: fields + text, zone };
      }),
    );
    assert.deepEqual(
      judge<readonly boolean[]>(jobs),
      jobs.map(() => [true, true]),
    );
  },
);

test(
  'we verify what python3-dkim signs, and not when it was changed (P-20, I-41)',
  { skip: missing ?? false },
  async () => {
    const made = fc.sample(fc.tuple(message, form, form, fc.boolean(), fc.boolean()), { numRuns: 300, seed });
    const keyOf = (isRsa: boolean): TestKey => (isRsa ? rsa : ed25519);
    const fields = judge<string>(
      made.map(([text, header, own, length, isRsa]) => ({
        do: 'sign',
        message: text,
        forms: [header, own],
        length,
        domain: 'a.test',
        selector: 's',
        algorithm: keyOf(isRsa).algorithm,
        key: isRsa ? rsa.privateKey.export({ type: 'pkcs1', format: 'pem' }) : seedOf(ed25519),
      })),
    );
    for (const [index, [text, , , , isRsa]] of made.entries()) {
      const signed = (fields[index] ?? '') + text;
      const zone = { 's._domainkey.a.test': recordOf(keyOf(isRsa)) };
      assert.deepEqual(await passes(signed, zone), [true], signed);
      assert.deepEqual(await passes(`${signed}more\r\n`, zone), [false], signed);
      assert.deepEqual(await passes(signed.replace('From: me', 'From: you'), zone), [false], signed);
    }
  },
);

/** The 32 octets that python3-dkim calls a private key. */
function seedOf({ privateKey }: TestKey): string {
  return privateKey.export({ type: 'pkcs8', format: 'der' }).subarray(-32).toString('base64');
}

test(
  'python3-dkim counts the same signatures over changed messages (I-41)',
  { skip: missing ?? false },
  async () => {
    const change = fc.constantFrom<readonly [string, string]>(
      ['', ''],
      ['Subject: x', 'SUBJECT:  x'],
      ['To:', 'X: y\r\nTo:'],
      ['To:', 'To: first\r\nTo:'],
      ['Subject: x', 'Subject: z'],
      ['a', 'b'],
      ['\r\n\r\n', '\r\n\r\nfirst\r\n'],
    );
    const made = fc.sample(fc.tuple(message, form, form, change), { numRuns: 600, seed });
    const texts = made.map(([text, header, own, [from, to]]) =>
      signAs(text, { key: rsa, tags: { c: `${header}/${own}`, h: 'from:from:to:subject:x-none' } }).replace(
        from,
        to,
      ),
    );
    const verdicts = judge<readonly boolean[]>(
      texts.map((text) => ({ do: 'verify', message: text, zone: rsaZone })),
    );
    for (const [index, text] of texts.entries())
      assert.deepEqual(await passes(text, rsaZone), verdicts[index], text);
  },
);

test(
  'we pass the ARC chains that python3-dkim seals, and it those that we seal (I-42)',
  { skip: missing ?? false },
  async () => {
    let texts = fc.sample(message, { numRuns: 60, seed });
    const key = rsa.privateKey.export({ type: 'pkcs1', format: 'pem' });
    for (const chain of ['none', 'pass', 'pass']) {
      const results = `Authentication-Results: a.test; arc=${chain}; spf=pass smtp.mailfrom=a.test\r\n`;
      const given = texts.map((text) => results + text);
      const sets = judge<string>(
        given.map((text) => ({ do: 'seal', message: text, domain: 'a.test', selector: 's', key })),
      );
      // It would take the results of the handler before for its own.
      texts = texts.map((text, index) => (sets[index] ?? '') + text);
      for (const text of texts) {
        assert.equal(await arcResult(text), 'pass', text);
        assert.equal(await arcResult(`${text}more\r\n`), 'fail');
      }
    }
    const own = fc.sample(message, { numRuns: 60, seed }).map((text) => {
      const first = sealAs(text, { key: rsa, domain: 'a.test', instance: 1 });
      return sealAs(first, { key: rsa, domain: 'a.test', instance: 2 });
    });
    const changed = own.map((text) => `${text}more\r\n`);
    const verdicts = judge<string>(
      [...own, ...changed].map((text) => ({ do: 'arc-verify', message: text, zone: rsaZone })),
    );
    assert.deepEqual(verdicts, [...own.map(() => 'pass'), ...changed.map(() => 'fail')]);
  },
);
