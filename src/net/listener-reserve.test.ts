import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, test } from 'node:test';
import type { ClientAddress } from '#base/client-address.ts';
import type { ProtocolSession } from '#protocols/conversation.ts';
import { ConnectionLimits, defaultLimits } from './connection-limits.ts';
import type { ConnectionEvent } from './connection-event.ts';
import { FlowControl } from './flow-control.ts';
import { Listener } from './listener.ts';
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

async function listen(isKnown: (client: ClientAddress) => Promise<boolean>, events: ConnectionEvent[] = []) {
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
  });
  assert.ok(listener.ok);
  opened.push(listener.value);
  const first = (): Promise<string> =>
    new Promise((resolve) => {
      const socket = connect(listener.value.port, '127.0.0.1');
      socket.setEncoding('latin1').once('data', (text: string) => resolve(text.slice(0, 3)));
      socket.on('error', () => resolve('error'));
    });
  return { first, flow };
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

test('where it cannot be told whether a client is known it is a stranger', async () => {
  const { first } = await listen(() => Promise.reject(new Error('the store is away')));
  assert.deepEqual([await first(), await first(), await first()], ['220', '220', '421']);
});

test('totals alone tell no clients apart', () => {
  const limits = new ConnectionLimits({ ...defaultLimits, connectionsMax: 10 }, { reserve: () => 0.1 });
  const client = '192.0.2.1' as ClientAddress;
  for (let count = 0; count < 9; count += 1)
    assert.equal(limits.admit(client, { standing: 'stranger', nowMs: 0 }), undefined);
  assert.equal(limits.admit(client, { standing: 'stranger', nowMs: 0 }), 'connections');
  assert.equal(limits.admit(client, { standing: 'known', nowMs: 0 }), undefined);
  assert.equal(limits.admit(client, { standing: 'exempt', nowMs: 0 }), 'connections');
});
