import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClientAddress } from '#base/client-address.ts';
import type { TraceId } from '#base/id.ts';
import { parseAddress } from '#mail/address.ts';
import { sealAs } from '#mailauth/arc/seal-as.fixture.ts';
import { createPublicKeyCache } from '#mailauth/dkim/public-key-cache.ts';
import { makeEd25519Key, recordOf, signAs } from '#mailauth/dkim/sign-as.fixture.ts';
import type { DmarcOutcome } from '#mailauth/dmarc/dmarc-outcome.ts';
import { createPublishedRecords } from '#mailauth/published-records.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import type { FakeClock } from '#platform/fake-clock.ts';
import { createFakeRandom } from '#platform/fake-random.ts';
import { createFakeResolver } from '#platform/fake-resolver.ts';
import type { Resolver } from '#platform/resolver.ts';
import { createMemoryStore } from '#store/memory/memory-store.ts';
import { TraceBuilder } from '#trace/trace-builder.ts';
import { defaultPolicyValues } from '../default-policy-values.fixture.ts';
import { judgeMail } from '../judge-mail.ts';
import type { GivenVerdict } from '../judge-mail.ts';
import { Policy } from '../policy.ts';
import { authenticateMail } from './authenticate-mail.ts';
import type { AuthenticationEngine, UnjudgedMail } from './authenticate-mail.ts';
import { asideHeaderBytesMax } from './signatures-aside.ts';

const key = makeEd25519Key();
const client = '203.0.113.5' as ClientAddress;
const zone = createFakeResolver({
  '5.113.0.203.in-addr.arpa': { PTR: ['mail.a.test'] },
  'mail.a.test': { A: ['203.0.113.5'] },
  'a.test': { MX: ['10 mail.a.test'], TXT: ['v=spf1 -all'] },
  's._domainkey.a.test': { TXT: [recordOf(key)] },
  '_dmarc.a.test': { TXT: ['v=DMARC1; p=reject'] },
});
const letter = 'From: me@a.test\r\nSubject: x\r\nTo: you@example.test\r\n\r\nWords.\r\n';
const signed = signAs(letter, { key });

interface Way {
  readonly resolver?: Resolver;
  /** Whether the engine has room; missing: there is none. */
  readonly offer?: boolean;
  readonly begun?: (clock: FakeClock) => void;
}

interface Judged extends GivenVerdict {
  readonly dmarc: DmarcOutcome | undefined;
  /** How many messages the engine was given. */
  readonly aside: number;
  /** Until it was judged. */
  readonly ms: number;
}

async function judge(message: string, { resolver = zone, offer, begun }: Way): Promise<Judged> {
  const clock = createFakeClock();
  begun?.(clock);
  const world = { resolver, clock, keys: createPublicKeyCache(), records: createPublishedRecords() };
  let aside = 0;
  const engine: AuthenticationEngine = {
    offer: () => offer === true,
    async run(mail: UnjudgedMail) {
      aside += 1;
      return { ok: true, value: structuredClone(await authenticateMail(mail, world)) };
    },
  };
  const policy = new Policy({
    ...world,
    counters: createMemoryStore({ clock, random: createFakeRandom(1) }).counters,
    values: defaultPolicyValues,
    own: {
      hostname: 'mx.example.test',
      isOwnAddress: () => false,
      isOwnDomain: () => false,
      ownDomains: () => new Set<string>(),
    },
    ...(offer === undefined ? {} : { authentication: engine }),
  });
  const from = parseAddress('me@a.test', { smtpUtf8: true });
  assert.ok(from.ok);
  const session = { id: 's', listener: 'mx', role: 'mx', client, helo: 'mail.a.test' };
  const trace = new TraceBuilder({ id: 'x' as TraceId, direction: 'inbound', session, clock });
  const mail = { client, helo: 'mail.a.test', from: from.value, hostname: 'mx.example.test' };
  const judging = judgeMail(policy, { ...mail, bytes: Buffer.from(message, 'latin1') }, trace);
  const state = { isOver: false };
  void judging.then(() => (state.isOver = true));
  const startedMs = clock.monotonic();
  for (let step = 0; step < 200 && !state.isOver; step += 1) await clock.advance(100);
  const verdict = await judging;
  const { facts } = trace.finish({ kind: 'message', verdict: told });
  const dmarc = facts['dmarc'] as DmarcOutcome | undefined;
  return { ...verdict, aside, dmarc, ms: clock.monotonic() - startedMs };
}

const told = { action: 'accept', by: 'queue', score: 0, status: '2.0.0', text: '' } as const;

function plain({ verdict, at, fields, dmarc }: Judged): object {
  return { verdict, at, fields, dmarc };
}

const large = signed.replace(
  'Subject:',
  `X-Long: ${`${'x'.repeat(70)}\r\n `.repeat(asideHeaderBytesMax / 72)}\r\nSubject:`,
);

for (const [name, message, aside, result] of [
  ['a signed message', signed, 1, 'pass'],
  ['one that was changed', `${signed}more\r\n`, 1, 'fail'],
  ['one that is not signed', letter, 0, 'fail'],
  ['one with a chain of ARC', sealAs(signed, { key, domain: 'a.test', instance: 1 }), 0, 'pass'],
  ['one with a header that is too large', large, 0, 'pass'],
] as const)
  test(`P-20: ${name} is judged alike with an engine, with one that has no room, and without`, async () => {
    const without = await judge(message, {});
    const busy = await judge(message, { offer: false });
    const given = await judge(message, { offer: true });
    assert.deepEqual(plain(busy), plain(without));
    assert.deepEqual(plain(given), plain(without));
    assert.deepEqual([without.aside, busy.aside, given.aside], [0, 0, aside]);
    assert.equal(without.dmarc?.result, result);
  });

/** Answers as the zone does, some names late: the first time by so much, then by so much; at once after that. */
function slow(ms: Readonly<Record<string, readonly number[]>>, clock: () => FakeClock): Resolver {
  const times = new Map<string, number>();
  return {
    async ask(name, type) {
      const time = times.get(name) ?? 0;
      times.set(name, time + 1);
      const lateMs = ms[name]?.[time];
      if (lateMs !== undefined) await clock().sleep(lateMs);
      return await zone.ask(name, type);
    },
  };
}

for (const offer of [undefined, true] as const)
  test(`P-21, P-28: keys that come never do not hide an author's policy (${offer === true ? 'aside' : 'here'})`, async () => {
    let clock: FakeClock | undefined;
    const resolver = slow(
      { 's._domainkey.a.test': [60_000, 60_000], '_dmarc.a.test': [1_000] },
      () => clock as FakeClock,
    );
    const judged = await judge(signed, {
      resolver,
      ...(offer === undefined ? {} : { offer }),
      begun: (own) => (clock = own),
    });
    assert.equal(judged.dmarc?.policy?.domain, 'a.test');
    assert.equal(judged.dmarc?.result, 'temperror');
    assert.ok(judged.ms <= 5_500, `${judged.ms} ms`);
  });

test('P-21, P-28: a policy that does not come while the engine waits is found out with the time of the message', async () => {
  let clock: FakeClock | undefined;
  const resolver = slow({ '_dmarc.a.test': [60_000, 1_500] }, () => clock as FakeClock);
  const changed = signed.replace('Words', 'Other words');
  const judged = await judge(changed, { resolver, offer: true, begun: (own) => (clock = own) });
  assert.equal(judged.dmarc?.result, 'fail');
  assert.ok(judged.ms <= 5_500, `${judged.ms} ms`);
});
