import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { encode } from 'dns-packet';
import type { DecodedPacket, Packet } from 'dns-packet';
import { exchangeUdp } from './dns-exchange.ts';
import type { DnsServer, ExchangeUdp } from './dns-exchange.ts';
import type { DnsQuery } from './dns-exchanged.ts';
import { startFakeDnsServer } from './dns-server.fixture.ts';
import type { FakeDnsAnswer, FakeDnsServer } from './dns-server.fixture.ts';
import { createLocalSockets } from './local-sockets.ts';
import { questionsAtOnceMax } from './shared-socket.ts';

const timeoutMs = 150;

async function setup(
  t: TestContext,
  answer: FakeDnsAnswer,
): Promise<{ fake: FakeDnsServer; server: DnsServer; exchange: ExchangeUdp }> {
  const fake = await startFakeDnsServer(answer);
  t.after(() => fake.close());
  const server = { address: '127.0.0.1', port: fake.port, trustAd: false };
  return { fake, server, exchange: createLocalSockets([server]) };
}

function query(id: number, name = `n${id}.test`): DnsQuery {
  return { id, name, spelled: name, type: 'A', edns: false };
}

function reply({ id = 0, questions = [] }: DecodedPacket, data: string): Packet {
  const name = questions[0]?.name ?? '';
  return { type: 'response', id, questions, answers: [{ type: 'A', name, ttl: 60, data }] };
}

/** Each name has its number as its address. */
const numbered: FakeDnsAnswer = (asked) => [reply(asked, `192.0.2.${(asked.id ?? 0) % 256}`)];

test('questions to a resolver on this machine share sockets, and each gets its own answer', async (t) => {
  const { fake, server, exchange } = await setup(t, numbered);
  const ids = Array.from({ length: questionsAtOnceMax * 2 + 5 }, (_, index) => index);
  const found = await Promise.all(ids.map((id) => exchange({ server, query: query(id), timeoutMs: 2_000 })));
  for (const [id, one] of found.entries()) {
    const [answer] = one.ok ? one.value.answers : [];
    assert.equal(answer?.type === 'A' && answer.data, `192.0.2.${id % 256}`);
  }
  assert.equal(new Set(fake.sourcePorts).size, 3);
});

test('two questions of one id at once do not meet on one socket', async (t) => {
  const { fake, server, exchange } = await setup(t, numbered);
  const both = ['one.test', 'two.test'].map((name) =>
    exchange({ server, query: query(7, name), timeoutMs: 2_000 }),
  );
  for (const one of await Promise.all(both)) assert.ok(one.ok);
  assert.equal(new Set(fake.sourcePorts).size, 2);
});

test('beyond the shared sockets each question has one of its own', async (t) => {
  const { fake, server, exchange } = await setup(t, (asked) =>
    asked.id === 5 ? numbered(asked, 'udp') : [],
  );
  // Each id may wait once on a socket: the seventeenth question of one id finds none.
  const all = Array.from({ length: 17 }, () => exchange({ server, query: query(4), timeoutMs }));
  assert.ok((await exchange({ server, query: query(5), timeoutMs: 2_000 })).ok);
  assert.ok((await Promise.all(all)).every((one) => !one.ok && one.error === 'timeout'));
  assert.equal(new Set(fake.sourcePorts).size, 17);
});

test('a socket with a question in vain is left, so that late answers meet nobody', async (t) => {
  let late: (() => void) | undefined;
  const { fake, server, exchange } = await setup(t, (asked) => {
    if (asked.id !== 1) return numbered(asked, 'udp');
    late?.();
    return [];
  });
  const asked = new Promise<void>((resolve) => {
    late = resolve;
  });
  const vain = exchange({ server, query: query(1), timeoutMs });
  await asked;
  assert.ok((await exchange({ server, query: query(2), timeoutMs })).ok);
  assert.deepEqual(await vain, { ok: false, error: 'timeout' });
  assert.ok((await exchange({ server, query: query(3), timeoutMs })).ok);
  const [first, second, third] = fake.sourcePorts;
  assert.equal(first, second);
  assert.notEqual(third, first);
});

test('an answer from any other port is not heard, though it has id, name and our port', async (t) => {
  const stranger = createSocket('udp4');
  t.after(() => stranger.close());
  const { fake, server, exchange } = await setup(t, (asked) => {
    const forged = encode(reply(asked, '203.0.113.66'));
    stranger.send(forged, fake.sourcePorts.at(-1) ?? 0, '127.0.0.1');
    return [];
  });
  assert.deepEqual(await exchange({ server, query: query(9), timeoutMs }), { ok: false, error: 'timeout' });
});

test('answers that nobody asked for end the trust in a socket and in all that wait on it', async (t) => {
  const { server, exchange } = await setup(t, (asked) =>
    Array.from({ length: 30 }, (_, index) => reply({ ...asked, id: 1_000 + index }, '203.0.113.66')),
  );
  assert.deepEqual(await exchange({ server, query: query(3), timeoutMs }), { ok: false, error: 'forged' });
});

test('a resolver that is gone fails all questions at once, and is asked again when it is back', async (t) => {
  const first = await startFakeDnsServer(numbered);
  const server = { address: '127.0.0.1', port: first.port, trustAd: false };
  const exchange = createLocalSockets([server]);
  assert.ok((await exchange({ server, query: query(1), timeoutMs })).ok);
  await first.close();
  const failed = await Promise.all([2, 3].map((id) => exchange({ server, query: query(id), timeoutMs })));
  assert.ok(failed.every((one) => !one.ok && one.error === 'unreachable'));
  const back = createSocket('udp4');
  t.after(() => back.close());
  await new Promise<void>((resolve) => back.bind(server.port, '127.0.0.1', resolve));
  back.on('message', (bytes, from) => {
    const id = bytes.readUInt16BE(0);
    const questions = [{ type: 'A', name: 'n4.test' }] as const;
    back.send(
      encode({ type: 'response', id, questions: [...questions], answers: [] }),
      from.port,
      from.address,
    );
  });
  assert.ok((await exchange({ server, query: query(4), timeoutMs: 2_000 })).ok);
});

test('RFC 5452 §9.2: any other server is asked from a fresh port each time', async (t) => {
  const { fake, server } = await setup(t, numbered);
  for (const id of [1, 2, 3, 4]) assert.ok((await exchangeUdp({ server, query: query(id), timeoutMs })).ok);
  assert.equal(new Set(fake.sourcePorts).size, 4);
});
