import assert from 'node:assert/strict';
import { test } from 'node:test';
import { splitHeader } from '#mail/header.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeResolver, createKnowingResolver } from '#platform/fake-resolver.ts';
import type { ZoneTable } from '#platform/fake-resolver.ts';
import { sealAs } from './arc/seal-as.fixture.ts';
import { createPublicKeyCache } from './dkim/public-key-cache.ts';
import { makeEd25519Key, makeRsaKey, recordOf, signAs } from './dkim/sign-as.fixture.ts';
import { signaturesOf } from './message-signatures.fixture.ts';
import { readSignatures } from './message-signatures.ts';

const key = makeEd25519Key();
const rsa = makeRsaKey(1024);
const message = 'From: Me <me@mail.a.test>\r\nTo: you@b.test\r\nSubject: Hello\r\n\r\nHello\r\n';
const zone: ZoneTable = Object.fromEntries(
  ['a.test', 'mail.a.test', 'other.a.test', 'b.test', 'c.test'].map((name) => [
    `s._domainkey.${name}`,
    { TXT: [recordOf(key)] },
  ]),
);

function signedBy(...domains: readonly string[]): string {
  return domains.toReversed().reduce((text, d) => signAs(text, { key, tags: { d } }), message);
}

test('nothing is hashed and nobody is asked without a signature that can be checked', async () => {
  for (const text of [message, '\r\nbody', '', 'DKIM-Signature: nonsense\r\n\r\nbody']) {
    const signatures = signaturesOf(text, { zone });
    assert.equal(signatures.wantsBody, false);
    const { asked } = await signatures.dkim();
    assert.deepEqual(asked, []);
    assert.equal((await signatures.arc()).result, 'none');
  }
});

test('eight signatures are checked; of more, those near the author’s domain, and the rest is counted (S-09)', async () => {
  const strangers = Array.from({ length: 8 }, () => 'b.test');
  const eight = await signaturesOf(signedBy(...strangers), { zone }).dkim();
  assert.equal(eight.unchecked, 0);
  assert.deepEqual(
    eight.outcomes.map((one) => `${one.place} ${one.result}`),
    strangers.map((_, place) => `${place} pass`),
  );
  const nine = await signaturesOf(signedBy(...strangers, 'b.test'), { zone }).dkim();
  assert.deepEqual([nine.outcomes.length, nine.unchecked], [8, 1]);
  const more = signedBy(...strangers, 'c.test', 'other.a.test', 'a.test', 'mail.a.test');
  const { outcomes, unchecked, asked } = await signaturesOf(more, { zone }).dkim();
  assert.equal(unchecked, 4);
  assert.deepEqual(
    outcomes.map((one) => `${one.place} ${one.domain} ${one.result}`),
    [
      ...strangers.slice(0, 5).map((name, place) => `${place} ${name} pass`),
      '9 other.a.test pass',
      '10 a.test pass',
      '11 mail.a.test pass',
    ],
  );
  // Each key once, however many signatures were made with it.
  assert.deepEqual(
    asked.map((question) => (question.kind === 'dns' ? question.name : '')).toSorted(),
    ['b.test', 'a.test', 'mail.a.test', 'other.a.test'].map((name) => `s._domainkey.${name}`).toSorted(),
  );
});

test('a flood of signatures costs eight look-ups, and those below the first 64 are not even chosen from', async () => {
  const flood = Array.from({ length: 3000 }, (_, n) => `DKIM-Signature: v=1; d=x${n}.b.test; s=s\r\n`).join(
    '',
  );
  const { outcomes, unchecked, asked } = await signaturesOf(flood + signedBy('mail.a.test'), { zone }).dkim();
  assert.deepEqual([outcomes.length, unchecked, asked.length], [8, 2993, 0]);
});

test('nothing counts in a header of more fields than are read: a From could hide behind them', async () => {
  const sealed = sealAs(signedBy('a.test'), { key, domain: 'b.test', instance: 1 });
  const fields = sealed.slice(0, sealed.indexOf('\r\n\r\n')).split(/\r\n(?![ \t])/).length;
  const flood = (count: number): string => sealed.replace('From:', `${'x:\r\n'.repeat(count - fields)}From:`);
  const most = signaturesOf(flood(9_999), { zone });
  assert.equal((await most.dkim()).outcomes[0]?.result, 'pass');
  assert.equal((await most.arc()).result, 'pass');
  const more = signaturesOf(flood(10_000), { zone });
  assert.equal((await more.dkim()).outcomes[0]?.reason, 'too-many-fields');
  assert.equal((await more.arc()).reason, 'structure');
});

test('nothing counts in a header with a line that is no field: some programs show the rest as the body', async () => {
  const sealed = sealAs(signedBy('a.test'), { key, domain: 'b.test', instance: 1 });
  const places = [
    (text: string) => `From x y z\r\n${text}`,
    (text: string) => text.replace('From:', '<p>Pay here\r\nFrom:'),
    (text: string) => text.replace('\r\n\r\n', '\r\n<p>Pay here</p>\r\n\r\n'),
    (text: string) => text.replace('From:', 'Pay h\u00e9re: x\r\nFrom:'),
  ];
  for (const change of places) {
    const signatures = signaturesOf(change(sealed), { zone });
    const { outcomes } = await signatures.dkim();
    assert.deepEqual([outcomes[0]?.result, outcomes[0]?.reason], ['policy', 'broken-header']);
    assert.equal((await signatures.arc()).reason, 'structure');
  }
});

test('one pass over the body serves DKIM and ARC', async () => {
  const both = sealAs(signAs(message, { key: rsa, tags: { d: 'a.test', s: 'r' } }), {
    key,
    domain: 'b.test',
    instance: 1,
  });
  const keys = { ...zone, 'r._domainkey.a.test': { TXT: [recordOf(rsa)] } };
  for (const chunkBytes of [1, 3, 1000]) {
    const signatures = signaturesOf(both, { zone: keys, chunkBytes });
    assert.deepEqual(
      [signatures.wantsBody, signatures.dkimSignatures, signatures.sealers],
      [true, 1, ['b.test']],
    );
    const [dkim, arc] = await Promise.all([signatures.dkim(), signatures.arc()]);
    assert.equal(dkim.outcomes[0]?.result, 'pass');
    assert.equal(arc.result, 'pass');
  }
});

test('DNS that does not answer ends after ten seconds, half of what the message has (S-09)', async () => {
  const clock = createFakeClock();
  const silent = { ask: () => new Promise<never>(() => undefined) };
  const text = Buffer.from(signedBy('a.test', 'b.test'));
  const signatures = readSignatures(splitHeader(text), {
    resolver: silent,
    clock,
    keys: createPublicKeyCache(),
  });
  signatures.update(text.subarray(splitHeader(text).bodyStart));
  const asked = signatures.dkim();
  await clock.advance(10_000);
  const { outcomes } = await asked;
  assert.deepEqual(
    outcomes.map((one) => `${one.result} ${one.detail}`),
    ['temperror the look-up of the key took too long', 'temperror the look-up of the key took too long'],
  );
});

test('of public keys a bounded number is kept', () => {
  const cache = createPublicKeyCache(2);
  const records = [makeEd25519Key(), makeEd25519Key(), makeEd25519Key()].map(({ p }) => `k=ed25519; p=${p}`);
  const read = (index: number): unknown => {
    const made = cache.read(records[index] ?? assert.fail());
    return made.ok ? made.value : assert.fail();
  };
  const first = read(0);
  assert.equal(read(0), first);
  read(1);
  read(2);
  assert.notEqual(read(0), first);
});

test('questions of DKIM and ARC go to the resolver of the message', async () => {
  const resolver = createFakeResolver(zone);
  const text = Buffer.from(signedBy('a.test'));
  const block = splitHeader(text);
  const world = { resolver, clock: createFakeClock(), keys: createPublicKeyCache() };
  const signatures = readSignatures(block, world);
  assert.deepEqual(resolver.asked, []);
  signatures.update(text.subarray(block.bodyStart));
  await signatures.dkim();
  assert.deepEqual(resolver.asked, ['s._domainkey.a.test TXT']);
});

test('signatures whose keys the resolver remembers are verified at once, with the same outcome', async () => {
  const text = Buffer.from(signedBy('a.test', 'b.test', 'nowhere.test'));
  const block = splitHeader(text);
  const keys = createPublicKeyCache();
  const reports = [createFakeResolver(zone), createKnowingResolver(zone)].map((resolver) => {
    const signatures = readSignatures(block, { resolver, clock: createFakeClock(), keys });
    signatures.update(text.subarray(block.bodyStart));
    return signatures.dkim();
  });
  const [asked, known] = reports;
  assert.ok(asked instanceof Promise && !(known instanceof Promise));
  assert.deepEqual(known, await asked);
  assert.equal(known?.outcomes[0]?.result, 'pass');
});
