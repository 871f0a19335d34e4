import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { ClientAddress } from '#base/client-address.ts';
import { HeldRoom } from '#content/attachments/held-files.ts';
import { parseAddress } from '#mail/address.ts';
import { splitHeader } from '#mail/header.ts';
import { makeEd25519Key, makeRsaKey, recordOf, signAs } from '#mailauth/dkim/sign-as.fixture.ts';
import { dkimSignaturesMax } from '#mailauth/dkim/bounds.ts';
import { createPublicKeyCache } from '#mailauth/dkim/public-key-cache.ts';
import { readSignatures } from '#mailauth/message-signatures.ts';
import { createPublishedRecords } from '#mailauth/published-records.ts';
import type { EngineTrouble } from '#platform/engine.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import type { FakeClock } from '#platform/fake-clock.ts';
import { createFakeEngine } from '#platform/fake-engine.ts';
import { createFakeResolver } from '#platform/fake-resolver.ts';
import type { ZoneTable } from '#platform/fake-resolver.ts';
import type { TraceQuestion } from '#trace/record.ts';
import { AskingResolver, policyQuestionsKept, questionsMax } from '../asking-resolver.ts';
import { FactBook } from '../fact-book.ts';
import type { FactTable } from '../fact-table.ts';
import { HarvestWatch } from '../harvest-watch.ts';
import { OwnLookAlikes } from '../own-look-alikes.ts';
import { ReplayWatch } from '../replay-watch.ts';
import { authenticateMail, authenticateMs } from './authenticate-mail.ts';
import type { UnjudgedMail } from './authenticate-mail.ts';
import { asideAllBytesMax, asideBodyBytesMax, SignaturesAside } from './signatures-aside.ts';

const numRuns = Number(process.env['POSTERN_FUZZ_RUNS'] ?? 300);
const nowMs = 1_800_000_000_000;
const rsa = makeRsaKey(1024);
const ed = makeEd25519Key();
const zone: ZoneTable = {
  's._domainkey.a.test': { TXT: [recordOf(rsa)] },
  's._domainkey.mail.a.test': { TXT: [recordOf(ed)] },
  's._domainkey.broken.test': 'servfail',
  '_dmarc.a.test': { TXT: ['v=DMARC1; p=reject; sp=quarantine; np=reject'] },
  '_dmarc.broken.test': 'timeout',
  '_dmarc.c.test': { TXT: ['v=DMARC1; p=none; adkim=s'] },
};

interface Judged {
  readonly dkim: FactTable['dkim'];
  readonly dmarc: FactTable['dmarc'];
  /** As the trace has them; which of those that go out together is first told differs. */
  readonly asked: readonly string[];
  /** Of the budget, that others may use. */
  readonly left: number;
  readonly handedOver: readonly UnjudgedMail[];
}

interface How {
  readonly zone?: ZoneTable;
  readonly chunkBytes?: number;
  /** Who was asked before the message came. */
  readonly before?: (resolver: AskingResolver) => Promise<unknown>;
  /** What all messages share. */
  readonly roomBytes?: number;
  /** Nobody asked for it with the envelope. */
  readonly spfComesLate?: boolean;
  /** Missing: on this thread. `undefined`: the engine does its work. */
  readonly engine?: () => EngineTrouble | undefined | Promise<EngineTrouble>;
  readonly clock?: FakeClock;
}

/** What the facts about a message come to. @param message latin1, CR LF */
async function judge(message: string, how: How = {}): Promise<Judged> {
  const clock = how.clock ?? createFakeClock({ startMs: nowMs });
  const asked: TraceQuestion[] = [];
  const world = {
    resolver: createFakeResolver(how.zone ?? zone),
    clock,
    keys: createPublicKeyCache(),
    records: createPublishedRecords(),
  };
  const resolver = new AskingResolver({ ...world, asked: (question) => void asked.push(question) });
  const handedOver: UnjudgedMail[] = [];
  const room = new HeldRoom(how.roomBytes ?? asideAllBytesMax);
  const engine = createFakeEngine(async (mail: UnjudgedMail) => {
    handedOver.push(mail);
    return structuredClone(await authenticateMail(mail, world));
  }, how.engine);
  await how.before?.(resolver);
  const bytes = Buffer.from(message, 'latin1');
  const header = splitHeader(bytes);
  const verifying = { ...world, resolver };
  const signatures =
    'engine' in how
      ? new SignaturesAside(header, { ...verifying, engine, room })
      : readSignatures(header, verifying);
  const from = parseAddress('bounce@c.test', { smtpUtf8: true });
  assert.ok(from.ok);
  const own = {
    hostname: 'mx.example.test',
    isOwnAddress: () => false,
    isOwnDomain: () => false,
    ownDomains: () => new Set<string>(),
  };
  const facts = new FactBook({
    ...world,
    client: '203.0.113.5' as ClientAddress,
    helo: 'mail.c.test',
    from: from.value,
    own,
    lookAlikes: new OwnLookAlikes(own),
    resolver,
    policyResolver: resolver.forPolicy,
    harvest: new HarvestWatch(clock),
    replays: new ReplayWatch(clock),
    arcSealers: [],
    forwarders: [],
    namedSenders: [],
    message: { header, signatures, recipients: 1 },
  });
  const spf = facts.read('spf');
  if (how.spfComesLate !== true) await spf;
  const body = bytes.subarray(header.bodyStart);
  const size = how.chunkBytes ?? Math.max(1, body.length);
  for (let at = 0; at < body.length; at += size) signatures.update(body.subarray(at, at + size));
  const [dkim, dmarc] = await Promise.all([facts.read('dkim'), facts.read('dmarc')]);
  resolver.endPhase();
  assert.equal(room.takenBytes, 0, 'nothing is held any more');
  return {
    dkim,
    dmarc,
    asked: asked.map(({ name, type, answer }) => `${name} ${type} ${JSON.stringify(answer)}`).toSorted(),
    left: await leftOf(resolver),
    handedOver,
  };
}

/** How many questions are still answered. */
async function leftOf(resolver: AskingResolver): Promise<number> {
  for (let count = 0; ; count += 1) {
    const answer = await resolver.ask('left.test', 'A');
    if (!answer.ok && answer.error === 'budget') return count;
  }
}

const word = fc.constantFrom('a', ' ', '\t', '\r\n ', '=', 'é', '"');
const value = fc.array(word, { maxLength: 6 }).map((words) => `x${words.join('')}y`);
const line = fc.constantFrom('a', ' ', '\r\n', '.', 'é', '\r\n\r\n', 'b c', '\0');
const domain = fc.constantFrom('a.test', 'mail.a.test', 'broken.test', 'c.test', 'none.test');

const signed = fc
  .record({
    from: fc.constantFrom('a.test', 'mail.a.test', 'gone.a.test', 'broken.test', 'c.test', 'none.test'),
    authors: fc.constantFrom(1, 1, 1, 2),
    d: fc.array(domain, { minLength: 1, maxLength: 9 }),
    subject: value,
    body: fc.array(line, { maxLength: 20 }),
    isChanged: fc.boolean(),
  })
  .map(({ from, authors, d, subject, body, isChanged }) => {
    const author = `From: me@${from}\r\n`.repeat(authors);
    const text = `${author}Subject: ${subject}\r\nTo: you@example.test\r\n\r\n${body.join('')}`;
    const all = d.reduce(
      (message, name) => signAs(message, { key: name === 'mail.a.test' ? ed : rsa, tags: { d: name } }),
      text,
    );
    return isChanged ? `${all}changed\r\n` : all;
  });

test('S-09: signatures and DMARC come to the same beside the thread as on it, with the same questions', async () => {
  let together = 0;
  await fc.assert(
    fc.asyncProperty(signed, fc.integer({ min: 1, max: 40 }), async (message, chunkBytes) => {
      const { handedOver: none, ...here } = await judge(message, { chunkBytes });
      const { handedOver, ...aside } = await judge(message, { chunkBytes, engine: () => undefined });
      // Those that were kept for DMARC are free once it was judged.
      const { left, ...rest } = aside;
      assert.deepStrictEqual({ ...rest, left: here.left }, here);
      assert.ok(left >= here.left && left <= here.left + policyQuestionsKept, `${left} of ${here.left}`);
      assert.equal(none.length, 0);
      assert.equal(handedOver.length, 1);
      if (handedOver[0]?.author !== undefined) together += 1;
    }),
    { numRuns },
  );
  assert.ok(together > numRuns / 3, 'DMARC was judged together with them');
});

const honest = signAs('From: me@a.test\r\nSubject: x\r\nTo: you@example.test\r\n\r\nWords.\r\n', {
  key: rsa,
});

for (const trouble of ['busy', 'failed', 'timeout'] as const)
  test(`an engine in trouble (${trouble}) costs nothing but time`, async () => {
    const { handedOver, ...aside } = await judge(honest, { engine: () => trouble });
    const { handedOver: none, ...here } = await judge(honest);
    // Nobody knows whether it had asked for the key.
    const lost = trouble === 'busy' ? 0 : 1;
    assert.deepStrictEqual(aside, { ...here, left: here.left - lost });
    assert.equal(aside.dmarc?.result, 'pass');
    assert.deepEqual([...handedOver, ...none], []);
  });

test('the engine has all it needs in memory of its own', async () => {
  const { handedOver } = await judge(honest, { chunkBytes: 3, engine: () => undefined });
  const [mail] = handedOver;
  assert.equal(`${mail?.header}${Buffer.from(mail?.body ?? []).toString('latin1')}`, honest);
  assert.equal(mail?.body.buffer.byteLength, mail?.body.byteLength);
  assert.deepEqual(mail?.author, { domain: 'a.test', spf: { result: 'none', domain: 'c.test' } });
});

test('P-28: an engine that is lost late leaves time to find out that an author is not proven', async () => {
  const clock = createFakeClock({ startMs: nowMs });
  const spoofed = honest.replace('Words.', 'Other words.');
  const judged = judge(spoofed, {
    clock,
    engine: async () => {
      await clock.sleep(authenticateMs);
      return 'timeout' as const;
    },
  });
  await clock.advance(authenticateMs);
  const { dkim, dmarc } = await judged;
  assert.equal(dkim.outcomes[0]?.reason, 'body-changed');
  assert.equal(dmarc?.result, 'fail');
});

test('DMARC is left to whoever asks where SPF is not known yet', async () => {
  const { handedOver, ...aside } = await judge(honest, { spfComesLate: true, engine: () => undefined });
  assert.deepEqual(
    handedOver.map(({ author }) => author),
    [undefined],
  );
  const { handedOver: none, ...here } = await judge(honest, { spfComesLate: true });
  assert.deepStrictEqual(aside, here);
  assert.equal(none.length, 0);
});

test('I-43: DMARC that would ask for more than is set apart is judged with all that the message has', async () => {
  const deep = (first: string): string => `${first}.c.d.e.f.g.a.test`;
  const signers = Array.from({ length: dkimSignaturesMax }, (_, n) => deep(`s${n}`));
  const keys = signers.map((name) => [`s._domainkey.${name}`, { TXT: [recordOf(ed)] }] as const);
  const walks = Object.fromEntries([...keys, ['_dmarc.a.test', { TXT: ['v=DMARC1; p=reject'] }]]);
  const message = signers.reduce(
    (signed, name) => signAs(signed, { key: ed, tags: { d: name } }),
    `From: me@${deep('author')}\r\nSubject: x\r\nTo: you@example.test\r\n\r\nWords.\r\n`,
  );
  const { dkim, dmarc, handedOver } = await judge(message, { zone: walks, engine: () => undefined });
  const here = await judge(message, { zone: walks });
  assert.equal(handedOver.length, 1);
  assert.deepStrictEqual({ dkim, dmarc }, { dkim: here.dkim, dmarc: here.dmarc });
  assert.equal(dmarc?.result, 'pass');
});

for (const [octets, times] of [
  [asideBodyBytesMax, 1],
  [asideBodyBytesMax + 1, 0],
] as const)
  test(`S-09: a body of ${octets} octets that comes in single ones`, async () => {
    const body = `${'x'.repeat(octets - 2)}\r\n`;
    const message = signAs(`From: me@a.test\r\nSubject: x\r\nTo: you@example.test\r\n\r\n${body}`, {
      key: rsa,
    });
    const { handedOver, dkim } = await judge(message, { chunkBytes: 1, engine: () => undefined });
    assert.equal(handedOver.length, times);
    assert.equal(dkim.outcomes[0]?.result, 'pass');
  });

test('S-09: where the others hold all the room, a body is hashed as it comes', async () => {
  const { handedOver, ...aside } = await judge(honest, {
    chunkBytes: 3,
    roomBytes: 5,
    engine: () => undefined,
  });
  assert.equal(handedOver.length, 0);
  const { handedOver: none, ...here } = await judge(honest);
  assert.deepStrictEqual(aside, here);
  assert.equal(none.length, 0);
});

test('S-09: a large body is hashed as it comes', async () => {
  const body = `${'Words.'.repeat(12)}\r\n`.repeat(1 + asideBodyBytesMax / 74);
  const large = signAs(`From: me@a.test\r\nSubject: x\r\nTo: you@example.test\r\n\r\n${body}`, { key: rsa });
  const { handedOver, ...aside } = await judge(large, { chunkBytes: 1000, engine: () => undefined });
  assert.equal(handedOver.length, 0);
  assert.equal(aside.dkim.outcomes[0]?.result, 'pass');
  const { handedOver: none, ...here } = await judge(large, { chunkBytes: 1000 });
  assert.deepStrictEqual(aside, here);
  assert.equal(none.length, 0);
});

test('S-09: a message that has used up its questions gets no further ones by being judged elsewhere', async () => {
  const before = async (resolver: AskingResolver): Promise<void> => {
    // All but those that are kept for DMARC.
    for (let count = 0; count < questionsMax - policyQuestionsKept; count += 1)
      await resolver.ask('other.test', 'A');
  };
  const { handedOver, ...aside } = await judge(honest, { before, engine: () => undefined });
  assert.equal(handedOver.length, 0);
  const { handedOver: none, ...here } = await judge(honest, { before });
  assert.deepStrictEqual(aside, here);
  assert.equal(none.length, 0);
});

test('I-43: an author who can be told from no other is left to whoever asks', async () => {
  const two = honest.replace('From: me@a.test', 'From: me@a.test, other@b.test');
  const { handedOver, dmarc } = await judge(two, { engine: () => undefined });
  assert.equal(handedOver[0]?.author, undefined);
  assert.equal(dmarc, undefined);
});
