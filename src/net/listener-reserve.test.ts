import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, test } from 'node:test';
import { networkSet, networksOf } from '#base/client-address.ts';
import type { ClientAddress, Network } from '#base/client-address.ts';
import type { ProtocolSession, SessionFactory } from '#protocols/conversation.ts';
import { ConnectionLimits, defaultLimits } from './connection-limits.ts';
import type { ConnectionEvent } from './connection-event.ts';
import { FlowControl } from './flow-control.ts';
import { Listener } from './listener.ts';
import type { ListenerOptions } from './listener-options.ts';
import { systemTimers } from './timers.ts';

const greeting = {
  output: [Buffer.from('220 in\r\n')],
  next: { kind: 'line', limitBytes: 100, timeoutMs: 5000 },
} as const;
const session: ProtocolSession = {
  open: () => greeting,
  frame: () => greeting,
  secured: () => greeting,
  closed: () => undefined,
};

const opened: Listener[] = [];
after(async () => {
  await Promise.all(opened.map((listener) => listener.close(0)));
});

async function listen(
  isKnown: (client: ClientAddress) => Promise<boolean>,
  events: ConnectionEvent[] = [],
  more: Partial<ListenerOptions> = {},
) {
  const flow = new FlowControl({
    settings: { rows: [] },
    defaults: { ...defaultLimits, connectionsMax: 4 },
    networks: () => undefined,
    reserve: () => 0.5,
  });
  const listener = await Listener.open({
    name: 'mx',
    role: 'mx',
    address: '127.0.0.1',
    port: 0,
    tlsMode: 'none',
    tls: undefined,
    factory: () => session,
    gate: flow.gate('mx', 'mx'),
    isKnown,
    exemptions: () => new Set(),
    newSessionId: () => 's',
    timers: systemTimers,
    events: (event) => void events.push(event),
    ...more,
  });
  assert.ok(listener.ok);
  opened.push(listener.value);
  const first = (says = ''): Promise<string> =>
    new Promise((resolve) => {
      const socket = connect(listener.value.port, '127.0.0.1');
      socket.write(says);
      socket.setEncoding('latin1').once('data', (text: string) => resolve(text.slice(0, 3)));
      socket.on('error', () => resolve('error'));
    });
  return { first, flow, listener: listener.value };
}

test('a crowd of strangers leaves room for those whom we know, over real sockets (S-09, P-29)', async () => {
  const known = { value: false };
  const events: ConnectionEvent[] = [];
  const { first, flow } = await listen(() => Promise.resolve(known.value), events);
  assert.deepEqual([await first(), await first(), await first()], ['220', '220', '421']);
  assert.equal(events.at(-1)?.kind, 'connection-refused');
  known.value = true;
  assert.deepEqual(
    [await first(), await first(), await first()],
    ['220', '220', '421'],
    'and no more than there is',
  );
  assert.equal(flow.report()[0]?.open, 4);
});

const friend = '198.51.100.7';
const loopback = networkSet(['127.0.0.0/8' as Network]);

test('whom a proxy brings is known for himself (S-09)', async () => {
  const { first } = await listen((client) => Promise.resolve(client === friend), [], { proxies: loopback });
  const header = (client: string): string => `PROXY TCP4 ${client} 192.0.2.2 4711 25\r\n`;
  const strangers = [await first(header('203.0.113.1')), await first(header('203.0.113.2'))];
  assert.deepEqual(strangers, ['220', '220']);
  assert.deepEqual([await first(header('203.0.113.3')), await first(header(friend))], ['421', '220']);
});

test('whom a named peer speaks for is known for himself (S-09)', async () => {
  const asked: string[] = [];
  const isKnown = (client: ClientAddress): Promise<boolean> => {
    asked.push(client);
    return Promise.resolve(client === friend);
  };
  const factory: SessionFactory = (facts) => ({
    ...session,
    open: () => ({ output: [], next: greeting.next }),
    async frame(frame) {
      const text = frame.kind === 'line' ? Buffer.from(frame.bytes).toString() : frame.kind;
      const code = (await facts.become?.(text, undefined)) === true ? '220' : '421';
      return { output: [Buffer.from(`${code} ${facts.client}\r\n`)], next: greeting.next };
    },
  });
  const { first, flow } = await listen(isKnown, [], { xclients: loopback, factory });
  assert.equal(await first('203.0.113.1\r\n'), '220');
  assert.equal(await first('203.0.113.2\r\n'), '421', 'strangers have had their part');
  assert.equal(await first(`${friend}\r\n`), '220');
  assert.deepEqual(asked, ['203.0.113.2', friend]);
  assert.equal(flow.report()[0]?.open, 3, 'the peer stays where its client is turned away');
});

test('a client that goes while it is asked about takes no room', async () => {
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<boolean>();
  const isKnown = (): Promise<boolean> => {
    asked.resolve();
    return answer.promise;
  };
  const done = Promise.withResolvers<boolean | undefined>();
  const factory: SessionFactory = (facts) => ({
    ...session,
    frame: async () => {
      done.resolve(await facts.become?.(friend, undefined));
      return greeting;
    },
  });
  const { first, flow, listener } = await listen(isKnown, [], { xclients: loopback, factory });
  assert.deepEqual([await first(), await first()], ['220', '220']);
  const socket = connect(listener.port, '127.0.0.1').on('error', () => undefined);
  socket.write('x\r\n');
  await asked.promise;
  socket.resetAndDestroy();
  for (let tries = 0; tries < 20 && listener.connectionCount > 2; tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 5));
  answer.resolve(true);
  await done.promise;
  for (let tries = 0; tries < 200 && flow.report()[0]?.open !== 2; tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 5));
  assert.deepEqual([flow.report()[0]?.open, listener.connectionCount], [2, 2]);
});

test('where it cannot be told whether a client is known it is a stranger', async () => {
  const { first } = await listen(() => Promise.reject(new Error('the store is away')));
  assert.deepEqual([await first(), await first(), await first()], ['220', '220', '421']);
});

test('totals alone tell no clients apart', () => {
  const limits = new ConnectionLimits({ ...defaultLimits, connectionsMax: 10 }, { reserve: () => 0.1 });
  const client = networksOf('192.0.2.1' as ClientAddress);
  for (let count = 0; count < 9; count += 1)
    assert.equal(limits.admit(client, { standing: 'stranger', nowMs: 0 }), undefined);
  assert.equal(limits.admit(client, { standing: 'stranger', nowMs: 0 }), 'connections');
  assert.equal(limits.admit(client, { standing: 'known', nowMs: 0 }), undefined);
  assert.equal(limits.admit(client, { standing: 'exempt', nowMs: 0 }), 'connections');
});
