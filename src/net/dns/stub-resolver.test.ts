import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { Answer, DecodedPacket, Packet } from 'dns-packet';
import { AUTHENTIC_DATA, TRUNCATED_RESPONSE } from 'dns-packet';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeRandom } from '#platform/fake-random.ts';
import type { Resolver } from '#platform/resolver.ts';
import { withBudget } from '#platform/resolver-budget.ts';
import { optRecord, startFakeDnsServer } from './dns-server.fixture.ts';
import type { FakeDnsAnswer, FakeDnsServer } from './dns-server.fixture.ts';
import { createStubResolver } from './stub-resolver.ts';

/** Long enough for a machine that has other things to do. */
const times = { udpMs: [250, 350], tcpMs: 500 };
const clock = createFakeClock();

async function setup(
  t: TestContext,
  answer: FakeDnsAnswer,
  trustAd = false,
  echoes = true,
): Promise<{ server: FakeDnsServer; resolver: Resolver }> {
  const server = await startFakeDnsServer(answer, { echoes });
  t.after(() => server.close());
  const servers = [{ address: '127.0.0.1', port: server.port, trustAd }];
  return { server, resolver: createStubResolver({ servers, clock, random: createFakeRandom(3), times }) };
}

const rcodes = { NXDOMAIN: 3, SERVFAIL: 2, FORMERR: 1, REFUSED: 5 } as const;

function reply(query: DecodedPacket, answers: readonly Answer[], flags = 0): Packet {
  return {
    type: 'response',
    id: query.id ?? 0,
    flags,
    questions: query.questions ?? [],
    answers: [...answers],
  };
}

const a = (name: string, data: string, ttl = 60): Answer => ({ type: 'A', name, ttl, data });
const cname = (name: string, data: string): Answer => ({ type: 'CNAME', name, ttl: 30, data });
const soa: Answer = {
  type: 'SOA',
  name: 'example.test',
  ttl: 900,
  data: { mname: 'ns.example.test', rname: 'h.example.test', minimum: 120 },
};

test('answers, in any case of the name, are kept for their time', async (t) => {
  const { server, resolver } = await setup(t, (query) => [
    reply(query, [a('Example.TEST', '192.0.2.1', 60)]),
  ]);
  const first = await resolver.ask('example.test.', 'A');
  assert.ok(first.ok);
  assert.deepEqual(resolver.ask('EXAMPLE.test.', 'A'), first, 'at once, without a promise');
  assert.deepEqual(resolver.ask('not a name', 'A'), { ok: false, error: 'nxdomain' });
  assert.deepEqual(first.value.records, [{ type: 'A', name: 'example.test', data: '192.0.2.1' }]);
  assert.equal(first.value.ttlMs, 60_000);
  await clock.advance(10_000);
  const second = await resolver.ask('EXAMPLE.test', 'A');
  assert.equal(second.ok && second.value.ttlMs, 50_000);
  assert.equal(server.asked.length, 1);
  await clock.advance(50_001);
  await resolver.ask('example.test', 'A');
  assert.equal(server.asked.length, 2);
});

test('what is remembered of one type is not said of another', async (t) => {
  const { server, resolver } = await setup(t, (query) => [reply(query, [a('x.test', '192.0.2.1')])]);
  await resolver.ask('x.test', 'A');
  assert.deepEqual(await resolver.ask('x.test', 'MX'), { ok: false, error: 'nodata' });
  assert.deepEqual(server.asked, ['udp x.test A', 'udp x.test MX']);
});

test('the same question is asked once at a time', async (t) => {
  const { server, resolver } = await setup(t, (query) => [reply(query, [a('x.test', '192.0.2.1', 0)])]);
  const all = await Promise.all([1, 2, 3].map(async () => await resolver.ask('x.test', 'A')));
  assert.ok(all.every((one) => one.ok));
  assert.equal(server.asked.length, 1);
});

test('CNAMEs are followed inside the answer, and loops end', async (t) => {
  const { resolver } = await setup(t, (query) => {
    const name = query.questions?.[0]?.name;
    if (name === 'loop.test')
      return [reply(query, [cname('loop.test', 'b.test'), cname('b.test', 'loop.test')])];
    return [reply(query, [a('c.test', '192.0.2.7'), cname('a.test', 'b.test'), cname('b.test', 'c.test')])];
  });
  const found = await resolver.ask('a.test', 'A');
  assert.deepEqual(found.ok && found.value.records, [{ type: 'A', name: 'c.test', data: '192.0.2.7' }]);
  assert.equal(found.ok && found.value.ttlMs, 30_000);
  assert.deepEqual(await resolver.ask('loop.test', 'A'), { ok: false, error: 'nodata' });
});

test('records of names that were not asked for are not looked at', async (t) => {
  const { resolver } = await setup(t, (query) => [reply(query, [a('victim.test', '203.0.113.66')])]);
  assert.deepEqual(await resolver.ask('a.test', 'A'), { ok: false, error: 'nodata' });
});

test('absence is kept by the minimum of the SOA', async (t) => {
  const { server, resolver } = await setup(t, (query) => [
    { ...reply(query, [], rcodes.NXDOMAIN), authorities: [soa] },
  ]);
  assert.deepEqual(await resolver.ask('no.example.test', 'MX'), { ok: false, error: 'nxdomain' });
  await clock.advance(119_000);
  await resolver.ask('no.example.test', 'MX');
  assert.equal(server.asked.length, 1);
  await clock.advance(1_001);
  await resolver.ask('no.example.test', 'MX');
  assert.equal(server.asked.length, 2);
});

test('forged replies (wrong id, wrong question, no response) are passed over; the true one counts', async (t) => {
  const { resolver } = await setup(t, (query) => [
    { ...reply(query, [a('x.test', '203.0.113.66')]), id: (query.id ?? 0) ^ 1 },
    { ...reply(query, [a('x.test', '203.0.113.66')]), questions: [{ type: 'A', name: 'y.test' }] },
    { ...reply(query, [a('x.test', '203.0.113.66')]), type: 'query' },
    reply(query, [a('x.test', '192.0.2.1')]),
  ]);
  const found = await resolver.ask('x.test', 'A');
  assert.deepEqual(found.ok && found.value.records, [{ type: 'A', name: 'x.test', data: '192.0.2.1' }]);
});

test('the letters of each question are in cases by chance', async (t) => {
  const { server, resolver } = await setup(t, (query) => [reply(query, [a('x.test', '192.0.2.1', 0)])]);
  for (let count = 0; count < 8; count += 1) await resolver.ask('mail-1.some-domain.example.test', 'A');
  assert.equal(new Set(server.spellings).size, 8);
  assert.deepEqual(new Set(server.asked), new Set(['udp mail-1.some-domain.example.test A']));
});

test('a reply in another spelling is not believed: TCP decides, and gives what the forger did not say', async (t) => {
  const name = 'mail.example.test';
  const { server, resolver } = await setup(t, (query, over) =>
    over === 'udp'
      ? [{ ...reply(query, [a(name, '203.0.113.66')]), questions: [{ type: 'A', name: name.toUpperCase() }] }]
      : [reply(query, [a(name, '192.0.2.1')])],
  );
  const found = await resolver.ask(name, 'A');
  assert.deepEqual(found.ok && found.value.records, [{ type: 'A', name, data: '192.0.2.1' }]);
  assert.deepEqual(server.asked, [`udp ${name} A`, `tcp ${name} A`]);
});

test('a server that does not repeat the spelling is asked over TCP, and plainly when it has none', async (t) => {
  const answer = (query: DecodedPacket): readonly Packet[] => [reply(query, [a('x.test', '192.0.2.1')])];
  const withTcp = await setup(t, answer, false, false);
  assert.ok((await withTcp.resolver.ask('x.test', 'A')).ok);
  assert.deepEqual(withTcp.server.asked, ['udp x.test A', 'tcp x.test A']);
  const without = await setup(t, (query, over) => (over === 'tcp' ? [] : answer(query)), false, false);
  assert.ok((await without.resolver.ask('x.test', 'A')).ok);
  assert.deepEqual(without.server.asked, ['udp x.test A', 'tcp x.test A', 'udp x.test A']);
  assert.equal(without.server.spellings.at(-1), 'x.test');
});

test('many forged replies: the question is asked over TCP', async (t) => {
  const { server, resolver } = await setup(t, (query, over) => {
    if (over === 'tcp') return [reply(query, [a('x.test', '192.0.2.1')])];
    return Array.from({ length: 30 }, (_, i) => ({
      ...reply(query, [a('x.test', '203.0.113.66')]),
      id: ((query.id ?? 0) + i + 1) & 0xffff,
    }));
  });
  const found = await resolver.ask('x.test', 'A');
  assert.deepEqual(found.ok && found.value.records, [{ type: 'A', name: 'x.test', data: '192.0.2.1' }]);
  assert.deepEqual(server.asked, ['udp x.test A', 'tcp x.test A']);
});

test('a cut answer is asked for again over TCP', async (t) => {
  const many = Array.from({ length: 200 }, (_, i) => a('big.test', `192.0.2.${i}`));
  const { server, resolver } = await setup(t, (query, over) => [
    over === 'udp' ? reply(query, [], TRUNCATED_RESPONSE) : reply(query, many),
  ]);
  const found = await resolver.ask('big.test', 'A');
  assert.equal(found.ok && found.value.records.length, 200);
  assert.deepEqual(server.asked, ['udp big.test A', 'tcp big.test A']);
});

test('without EDNS for a server that does not know it', async (t) => {
  const { resolver } = await setup(t, (query) => [
    (query.additionals ?? []).length > 0
      ? reply(query, [], rcodes.FORMERR)
      : reply(query, [a('x.test', '192.0.2.1')]),
  ]);
  assert.ok((await resolver.ask('x.test', 'A')).ok);
});

test('RFC 6891 §6.1.3: the upper octet of the code counts: BADVERS is asked again without EDNS, others have failed', async (t) => {
  for (const [upper, lower, found] of [
    [1, 0, 'answered'],
    [2, 0, 'servfail'],
    [1, rcodes.NXDOMAIN, 'servfail'],
  ] as const) {
    const { resolver } = await setup(t, (query) => [
      (query.additionals ?? []).length > 0
        ? { ...reply(query, [], lower), additionals: [optRecord(upper)] }
        : reply(query, [a('x.test', '192.0.2.1')]),
    ]);
    const answer = await resolver.ask('x.test', 'A');
    assert.equal(answer.ok ? 'answered' : answer.error, found);
  }
});

test('a long answer of a server without EDNS: TCP is asked without it too', async (t) => {
  for (const refused of [
    { upper: 0, lower: rcodes.FORMERR },
    { upper: 1, lower: 0 },
  ]) {
    const { server, resolver } = await setup(t, (query, over) => {
      if ((query.additionals ?? []).length > 0)
        return [{ ...reply(query, [], refused.lower), additionals: [optRecord(refused.upper)] }];
      return [
        over === 'udp' ? reply(query, [], TRUNCATED_RESPONSE) : reply(query, [a('x.test', '192.0.2.1')]),
      ];
    });
    const answer = await resolver.ask('x.test', 'A');
    assert.equal(answer.ok ? 'answered' : answer.error, 'answered');
    assert.deepEqual(server.asked, ['udp x.test A', 'udp x.test A', 'tcp x.test A']);
  }
});

test('S-09: the AD bit is believed only from a server that may be trusted with it', async (t) => {
  for (const trustAd of [true, false]) {
    const { resolver } = await setup(
      t,
      (query) => [reply(query, [a('x.test', '192.0.2.1')], AUTHENTIC_DATA)],
      trustAd,
    );
    const found = await resolver.ask('x.test', 'A');
    assert.equal(found.ok && found.value.authenticated, trustAd);
  }
});

test('SERVFAIL, garbage and silence of one server: the next is asked', async (t) => {
  const good = await startFakeDnsServer((query) => [reply(query, [a('x.test', '192.0.2.1')])]);
  t.after(() => good.close());
  const kinds: readonly FakeDnsAnswer[] = [
    (query) => [reply(query, [], rcodes.SERVFAIL)],
    (query) => [reply(query, [], rcodes.REFUSED)],
    (query) => [
      Buffer.concat([Buffer.from([(query.id ?? 0) >> 8, (query.id ?? 0) & 255]), Buffer.alloc(40, 0xff)]),
    ],
    () => [],
  ];
  for (const kind of kinds) {
    const bad = await startFakeDnsServer(kind);
    const servers = [bad, good].map(({ port }) => ({ address: '127.0.0.1', port, trustAd: false }));
    const resolver = createStubResolver({ servers, clock, random: createFakeRandom(1), times });
    assert.ok((await resolver.ask('x.test', 'A')).ok);
    await bad.close();
  }
});

test('silence of all is a time-out, SERVFAIL of all a failure, in bounded time', async (t) => {
  const silent = await setup(t, () => []);
  assert.deepEqual(await silent.resolver.ask('x.test', 'A'), { ok: false, error: 'timeout' });
  assert.equal(silent.server.asked.length, times.udpMs.length);
  const failing = await setup(t, (query) => [reply(query, [], rcodes.SERVFAIL)]);
  assert.deepEqual(await failing.resolver.ask('x.test', 'A'), { ok: false, error: 'servfail' });
  assert.equal(failing.server.asked.length, 1);
});

test('an asker that gives up does not wait', async (t) => {
  const { resolver } = await setup(t, () => []);
  assert.deepEqual(await resolver.ask('x.test', 'A', AbortSignal.abort()), { ok: false, error: 'timeout' });
});

test('what is no name is not asked for', async (t) => {
  const { server, resolver } = await setup(t, () => []);
  for (const name of [
    '',
    'a..b',
    `${'a'.repeat(64)}.test`,
    'a b.test',
    'é.test',
    `${'a.'.repeat(127)}test`,
  ]) {
    assert.deepEqual(await resolver.ask(name, 'A'), { ok: false, error: 'nxdomain' });
  }
  assert.equal(server.asked.length, 0);
});

test('S-09: the budget of a message ends its questions', async (t) => {
  const { server, resolver } = await setup(t, (query) => [
    reply(query, [a(query.questions?.[0]?.name ?? '', '192.0.2.1')]),
  ]);
  const own = createFakeClock();
  const bounded = withBudget(resolver, own, { queriesMax: 2, totalMs: 1_000 });
  assert.ok((await bounded.ask('a.test', 'A')).ok);
  assert.ok((await bounded.ask('b.test', 'A')).ok);
  assert.deepEqual(await bounded.ask('c.test', 'A'), { ok: false, error: 'budget' });
  assert.equal(server.asked.length, 2);
  const timed = withBudget({ ask: () => new Promise(() => undefined) }, own, {
    queriesMax: 9,
    totalMs: 1_000,
  });
  const slow = timed.ask('a.test', 'A');
  await own.advance(1_000);
  assert.deepEqual(await slow, { ok: false, error: 'budget' });
});
