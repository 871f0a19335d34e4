import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { test } from 'node:test';
import type { ClientAddress } from '#base/client-address.ts';
import { Syslog } from './syslog.ts';

for (const [type, address] of [
  ['udp4', '127.0.0.1'],
  ['udp6', '::1'],
] as const)
  test(`a collector hears each event (RFC 5424, ${type})`, async (t) => {
    const collector = createSocket(type);
    collector.bind(0, address);
    await once(collector, 'listening');
    const syslog = new Syslog('mail.example.test');
    t.after(() => {
      syslog.close();
      collector.close();
    });
    const heard = once(collector, 'message') as Promise<[Buffer]>;
    const line = {
      level: 'warning',
      id: 'smuggling',
      nowMs: 1_767_225_600_000,
      text: `CEF:0|${'x'.repeat(5000)}`,
    };
    syslog.send(
      { address: address as ClientAddress, port: collector.address().port },
      { ...line, level: 'warning' },
    );
    const [bytes] = await heard;
    assert.equal(bytes.length, 2048);
    assert.match(
      bytes.toString(),
      /^<20>1 2026-01-01T00:00:00\.000Z mail\.example\.test postern \d+ smuggling - CEF:0\|x+$/,
    );
  });
