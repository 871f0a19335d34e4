import assert from 'node:assert/strict';
import { test } from 'node:test';
import { realMail } from '#test/interop/mail-text.ts';
import { readSignedSamples } from '#test/suites/dkim-samples.ts';
import { signaturesOf } from './message-signatures.fixture.ts';

const suites = process.env['POSTERN_SUITES'];

/** While the last of the samples was fresh: one has `x=` a day after it was sent. */
const nowMs = 1_667_893_875_000;

interface Expected {
  /** Each as `domain algorithm result`. */
  readonly dkim: readonly string[];
  /** `none`, or `pass` and the sealers. */
  readonly arc: string;
}

const expected: Readonly<Record<string, Expected>> = {
  // The example of RFC 8463 appendix A.
  'dkim/001.txt': {
    dkim: ['football.example.com ed25519-sha256 pass', 'football.example.com rsa-sha256 pass'],
    arc: 'none',
  },
  // A key as bare RSAPublicKey, and simple/simple.
  'dkim/002.txt': { dkim: ['example.com rsa-sha256 pass'], arc: 'none' },
  'dkim/003.txt': { dkim: ['ietf.org rsa-sha256 pass', 'ietf.org rsa-sha256 pass'], arc: 'none' },
  'dkim/004.txt': { dkim: ['facebookmail.com rsa-sha256 pass'], arc: 'none' },
  'dkim/005.txt': { dkim: ['topicbox.com rsa-sha256 pass'], arc: 'none' },
  'dkim/006.txt': { dkim: ['github.com rsa-sha256 pass'], arc: 'none' },
  // A list changed Subject and body: the author's signature no longer holds, the list's does.
  'arc/001.txt': {
    dkim: ['ietf.org rsa-sha256 pass', 'ietf.org rsa-sha256 pass', 'stalw.art rsa-sha256 fail'],
    arc: 'pass google.com',
  },
  'arc/002.txt': { dkim: ['manchego.org rsa-sha256 pass'], arc: 'pass scamorza.org manchego.org' },
};

test('signed messages of the wild and of the RFCs, and none of them changed (P-20, I-41, I-42)', async (t) => {
  if (suites === undefined) return t.skip('POSTERN_SUITES is not set');
  const samples = ['dkim', 'arc'].flatMap((folder) =>
    readSignedSamples(`${suites}/mail-auth/${folder}`).map((one) => ({
      ...one,
      name: `${folder}/${one.name}`,
    })),
  );
  assert.deepEqual(
    samples.map((sample) => sample.name),
    Object.keys(expected),
  );
  for (const { name, zone, message } of samples) {
    for (const chunkBytes of [1, 7, 4096]) {
      const signatures = signaturesOf(message, { zone, nowMs, chunkBytes });
      const { outcomes } = await signatures.dkim();
      const arc = await signatures.arc();
      assert.deepEqual(
        {
          dkim: outcomes.map((one) => `${one.domain} ${one.algorithm} ${one.result}`),
          arc: [arc.result, ...arc.sets.map((set) => set.sealer)].join(' '),
        },
        expected[name],
        name,
      );
    }
    const changed = Buffer.concat([message, Buffer.from('One more line\r\n')]);
    const { outcomes } = await signaturesOf(changed, { zone, nowMs }).dkim();
    assert.ok(
      outcomes.every((one) => one.result === 'fail' && one.reason === 'body-changed'),
      name,
    );
  }
});

test('real mail: 132 signatures and 60 chains are read as their writers meant them, none counts without its key', async (t) => {
  if (suites === undefined) return t.skip('POSTERN_SUITES is not set');
  const dkim = new Map<string, number>();
  const arc = new Map<string, number>();
  for (const message of realMail(Number.POSITIVE_INFINITY)) {
    const signatures = signaturesOf(message, { zone: {}, nowMs: 0 });
    const { outcomes, unchecked } = await signatures.dkim();
    assert.equal(unchecked, 0);
    for (const { reason } of outcomes) dkim.set(reason, (dkim.get(reason) ?? 0) + 1);
    const { reason } = await signatures.arc();
    arc.set(reason, (arc.get(reason) ?? 0) + 1);
  }
  // Both faults of syntax are real: `b=fake_signature`, and an `x=` into which an address was pasted.
  assert.deepEqual(Object.fromEntries(dkim), { 'key-missing': 119, sha1: 11, syntax: 2 });
  // Chains that the last sealer found broken, and one whose results were blacked out by who gave the mail away.
  assert.deepEqual(Object.fromEntries(arc), {
    none: 3_234,
    'message-signature': 35,
    'chain-value': 24,
    structure: 1,
  });
});
