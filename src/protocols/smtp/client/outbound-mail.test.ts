import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dkimVerify } from 'mailauth/lib/dkim/verify.js';
import PostalMime from 'postal-mime';
import { err } from '#base/result.ts';
import { expiryMs, retryDelayMsMax } from '#delivery/outbound/back-off.ts';
import { expireHeld, heldMsMax } from '#delivery/queue/expire-held.ts';
import { clientTimes } from './client-times.ts';
import type { Queue } from '#store/contract/queue.ts';
import type { Store } from '#store/contract/store.ts';
import type { TraceDelivery } from '#trace/record.ts';
import { addressOf, outboundWorld, plainText } from './outbound-world.fixture.ts';
import type { OutboundWorld } from './outbound-world.fixture.ts';

const dayMs = 86_400_000;

/** Undoes the dots and takes the final one off: what the server would keep. */
function received(body: Buffer | undefined): Buffer {
  const text = (body ?? Buffer.alloc(0)).toString('latin1').replace(/(^|\r\n)\.\r\n$/, '$1');
  return Buffer.from(text.replaceAll('\r\n..', '\r\n.'), 'latin1');
}

async function verdicts(w: OutboundWorld, message: Buffer): Promise<readonly string[]> {
  const resolver = async (name: string): Promise<string[][]> => {
    const key = w.keys.find((one) => name === `${one.selector}._domainkey.a.test`);
    if (key === undefined) throw Object.assign(new Error('no'), { code: 'ENOTFOUND' });
    return [[key.record]];
  };
  const { results } = await dkimVerify(message, { resolver, curTime: new Date(w.clock.now()) });
  return results.map((one) => one.status.result);
}

async function attempts(w: OutboundWorld, count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    await w.attempt();
    await w.clock.advance(retryDelayMsMax + 1);
  }
}

test('a message is delivered, signed with both keys, and is gone from the queue', async () => {
  const w = await outboundWorld({ first: { extensions: ['PIPELINING', '8BITMIME', 'STARTTLS'] } });
  const id = await w.add({});
  await w.attempt();
  assert.equal(await w.item(id), undefined);
  const message = received(w.first.bodies[0]);
  assert.ok(message.toString().endsWith(plainText));
  assert.deepEqual(await verdicts(w, message), ['pass', 'pass']);
  assert.deepEqual(w.eventNames(), ['delivery-done']);
});

test('what a server took and the queue could not note stands in the trace as in doubt, and is sent again', async () => {
  let broken = true;
  const told: TraceDelivery[] = [];
  const w = await outboundWorld({
    change: (store) => ({
      ...store,
      queue: {
        ...store.queue,
        settle: async (settlements) =>
          broken ? err({ code: 'disk-full', detail: '' }) : store.queue.settle(settlements),
      },
      traces: { ...store.traces, delivered: (_, deliveries) => void told.push(...deliveries) },
    }),
  });
  const id = await w.add({});
  await w.attempt();
  const [doubt] = told;
  assert.equal(doubt?.outcome, 'in-doubt');
  assert.match(doubt.reply ?? '', /our queue could not note it: it is tried again/);
  assert.ok(doubt.nextAt !== undefined && w.eventNames().includes('delivery-in-doubt'));
  broken = false;
  await w.clock.advance(retryDelayMsMax);
  await w.attempt();
  assert.equal(await w.item(id), undefined);
  assert.equal(told.at(-1)?.outcome, 'delivered');
  assert.equal(w.first.bodies.length, 2);
});

test('what is on the wire verifies, whatever had to be done to the message (I-40)', async () => {
  const texts = [
    'From: me@a.test\r\nSubject: bare\r\n\r\nline\nline\rline\0\r\n..\r\n.\r\nend',
    'From: me@a.test\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nGr\u00fc\u00dfe\r\n',
    'From: me@a.test\r\n\r\n',
    `From: me@a.test\r\nSubject: ${'long '.repeat(100)}\r\n\r\n${'x'.repeat(2_000)}  \t\r\n\r\n\r\n`,
  ];
  for (const extensions of [[], ['8BITMIME'], ['PIPELINING', 'CHUNKING', 'BINARYMIME', '8BITMIME']]) {
    for (const bodyType of ['7bit', '8bit', 'binary'] as const) {
      for (const text of texts) {
        const w = await outboundWorld({ first: { extensions } });
        await w.add({ text, bodyType, large: text.length % 2 === 0 });
        await w.attempt();
        const [body] = w.first.bodies;
        const binary = w.first.commands.some((line) => line.startsWith('BDAT'));
        const message = binary ? body : received(body);
        const shown = `${bodyType} to ${extensions.join()}: ${text.slice(0, 40)}`;
        assert.ok(message !== undefined, shown);
        // Bare line ends survive only where the server takes binary; the oracle reads them otherwise.
        if (!binary) assert.deepEqual(await verdicts(w, message), ['pass', 'pass'], shown);
        if (!binary)
          assert.ok(
            lineLengths(message).every((octets) => octets <= 998),
            shown,
          );
        if (!extensions.includes('8BITMIME'))
          assert.ok(
            message.every((octet) => octet < 128),
            shown,
          );
      }
    }
  }
});

function lineLengths(message: Buffer): readonly number[] {
  return message
    .toString('latin1')
    .split('\r\n')
    .map((line) => line.length);
}

test('a line of 998 octets goes out as it is, one of 999 is quoted (RFC 5321 §4.5.3.1.6)', async () => {
  for (const octets of [998, 999]) {
    const line = 'x'.repeat(octets);
    const w = await outboundWorld();
    await w.add({ text: `From: me@a.test\r\n\r\nshort\r\n${line}\r\n`, large: octets % 2 === 0 });
    await w.attempt();
    const message = received(w.first.bodies[0]);
    assert.equal(message.includes(line), octets === 998);
    assert.equal(message.includes('Content-Transfer-Encoding: quoted-printable'), octets === 999);
    assert.ok(lineLengths(message).every((length) => length <= 998));
    assert.deepEqual(await verdicts(w, message), ['pass', 'pass']);
    const read = await PostalMime.parse(message);
    assert.ok(read.text?.includes(line));
  }
});

test('a signed part with a line too long for any server comes back with the reason', async () => {
  const text =
    'From: me@a.test\r\nMIME-Version: 1.0\r\nContent-Type: multipart/signed; boundary=b\r\n\r\n' +
    `--b\r\nContent-Type: text/plain\r\n\r\n${'x'.repeat(999)}\r\n--b--\r\n`;
  const w = await outboundWorld({ first: { extensions: ['8BITMIME'] } });
  const id = await w.add({ text });
  await w.attempt();
  assert.equal(await w.item(id), undefined);
  assert.equal(w.first.bodies.length, 0);
  assert.ok(w.eventNames().includes('bounce-sent'));
  const failed = w.events.find((event) => event.name === 'delivery-failed');
  assert.match(JSON.stringify(failed), /lines of more than 998 octets/);
});

test('unsigned: no key for the domain, and mail that only passes through (I-39)', async () => {
  const w = await outboundWorld();
  await w.add({ text: 'From: x@other.test\r\n\r\nhi\r\n' });
  await w.add({ submitted: false, from: 'stranger@c.test' });
  await w.attempt();
  assert.equal(w.first.bodies.length, 2);
  for (const body of w.first.bodies) assert.ok(!body.includes('DKIM-Signature'));
});

test('the next server when the first cannot be spoken with', async () => {
  const w = await outboundWorld({
    first: { reply: (verb) => (verb === 'CONNECT' ? '421 busy' : undefined) },
  });
  const id = await w.add({});
  await w.attempt();
  assert.equal(await w.item(id), undefined);
  assert.equal(w.second.bodies.length, 1);
});

const onlyFirst = { 'b.test': { MX: ['10 mx1.b.test'] } };

test('a server that nobody answers at is dialled once, not for every message; the trace and the queue say so', async () => {
  const traced: string[] = [];
  const w = await outboundWorld({
    zone: onlyFirst,
    change: (store) => ({
      ...store,
      traces: {
        ...store.traces,
        delivered: (_id, deliveries) => void traced.push(...deliveries.map(({ reply = '' }) => reply)),
      },
    }),
  });
  const revive = w.kill();
  const ids = [await w.add({}), await w.add({}), await w.add({})];
  await w.attempt();
  assert.equal(w.dials('5.6.7.1'), 1);
  const items = await Promise.all(ids.map((id) => w.item(id)));
  assert.equal(items[0]?.recipients[0]?.last?.reply, 'connection refused');
  for (const item of items.slice(1)) {
    const last = item?.recipients[0]?.last;
    assert.match(last?.reply ?? '', /^not tried: no answer 0 s ago \(connection refused\); again in 60 s/);
    assert.deepEqual([last?.host, last?.address], ['mx1.b.test', '5.6.7.1']);
  }
  assert.equal(w.events.filter((event) => JSON.stringify(event).includes('not tried')).length, 2);
  assert.deepEqual(
    traced.map((reply) => reply.slice(0, 9)),
    ['connectio', 'not tried', 'not tried'],
  );
  revive();
  await w.clock.advance(retryDelayMsMax);
  await w.attempt();
  assert.equal(w.first.bodies.length, 3);
});

test('the other servers of the domain are tried all the same, and in its stead', async () => {
  const w = await outboundWorld();
  w.kill();
  await w.add({});
  await w.add({});
  await w.attempt();
  assert.equal(w.second.bodies.length, 2);
  assert.equal(w.dials('5.6.7.1'), 1);
});

test('a server that answers, be it with 421, is not one that does not', async () => {
  const w = await outboundWorld({
    zone: onlyFirst,
    first: { reply: (verb) => (verb === 'CONNECT' ? '421 busy' : undefined) },
  });
  await w.add({});
  await w.add({});
  await w.attempt();
  assert.equal(w.dials('5.6.7.1'), 2);
});

test('a server that takes the connection and says nothing costs its time once', async () => {
  const w = await outboundWorld({
    zone: onlyFirst,
    first: { reply: (verb) => (verb === 'CONNECT' ? 'hang' : undefined) },
  });
  await w.add({});
  const second = await w.add({});
  const attempts = w.attempt();
  await w.clock.advance(clientTimes.greetingMs + clientTimes.connectMs);
  await attempts;
  assert.equal(w.dials('5.6.7.1'), 1);
  assert.match((await w.item(second))?.recipients[0]?.last?.reply ?? '', /^not tried: no answer/);
});

test('a person who says retry, and the last attempt before mail goes back, dial all the same', async () => {
  const w = await outboundWorld({ zone: onlyFirst });
  w.kill();
  await w.add({});
  await w.attempt();
  await w.add({});
  w.insist();
  await w.attempt();
  assert.equal(w.dials('5.6.7.1'), 2);
  const late = await w.add({});
  w.clock.jump(expiryMs);
  await w.attempt();
  assert.equal(await w.item(late), undefined);
  assert.ok(w.dials('5.6.7.1') >= 3);
  const failed = w.events.filter((event) => event.name === 'delivery-failed');
  assert.ok(failed.length > 0 && failed.every((event) => !JSON.stringify(event).includes('not tried')));
});

test('an answer for now from a server is taken: retried later, in its words', async () => {
  const w = await outboundWorld({
    first: { reply: (verb, _l, n) => (verb === 'RCPT' && n === 1 ? '450 4.2.0 greylisted' : undefined) },
  });
  const id = await w.add({});
  await w.attempt();
  assert.equal(w.second.connections, 0);
  const [waiting] = (await w.item(id))?.recipients ?? [];
  assert.equal(waiting?.state, 'waiting');
  assert.equal(waiting?.last?.reply, '450 4.2.0 greylisted');
  assert.equal(waiting?.last?.host, 'mx1.b.test');
  assert.equal(waiting?.last?.tls, 'none');
  assert.equal(await w.attempt(), 0, 'not due yet');
  await w.clock.advance(retryDelayMsMax);
  await w.attempt();
  assert.equal(await w.item(id), undefined);
});

test('a recipient refused for good: the sender is told, with the server’s words and the header only', async () => {
  const w = await outboundWorld({
    first: { reply: (_v, line) => (line.startsWith('RCPT TO:<no@') ? '550 5.1.1 no such user' : undefined) },
  });
  const id = await w.add({ to: ['you@b.test', 'no@b.test'] });
  await w.attempt();
  assert.equal(await w.item(id), undefined);
  assert.equal(w.first.bodies.length, 1);
  assert.equal(w.queued(), 1);
  const leases = await w.store.queue.lease(w.clock.now(), 10, 'test', w.clock.now() + 1000);
  assert.ok(leases.ok);
  const bounce = leases.value[0]?.entry;
  assert.equal(bounce?.origin, 'bounce');
  assert.equal(bounce?.from, undefined);
  assert.deepEqual(bounce?.recipients[0]?.address, addressOf('me@a.test'));
  assert.equal(bounce?.recipients[0]?.route.kind, 'local');
  const text = bounce?.body.kind === 'bytes' ? Buffer.from(bounce.body.bytes).toString() : '';
  assert.match(text, /Final-Recipient: rfc822; no@b\.test\r\nAction: failed\r\nStatus: 5\.1\.1/);
  assert.match(text, /Diagnostic-Code: smtp; 550 5\.1\.1 no such user/);
  assert.match(text, /Subject: hello/);
  assert.ok(!text.includes('you@b.test\r\nAction'));
  assert.ok(!text.includes('Hi.'), 'S-04: never the body');
});

test('S-04: without a proven return path nobody is told: held; without any, silent', async () => {
  const script = { reply: (verb: string) => (verb === 'RCPT' ? '550 no' : undefined) };
  const forwarded = await outboundWorld({ first: script });
  const id = await forwarded.add({ submitted: false, from: 'forged@victim.test' });
  await forwarded.attempt();
  const [held] = (await forwarded.item(id))?.recipients ?? [];
  assert.equal(held?.state, 'held');
  assert.match(held?.last?.reply ?? '', /^550 no \[held: .*S-04/);
  assert.ok(!forwarded.eventNames().includes('bounce-sent'));
  const bounce = await outboundWorld({ first: script });
  const second = await bounce.add({ submitted: false, from: undefined });
  await bounce.attempt();
  assert.equal(await bounce.item(second), undefined);
  assert.deepEqual(bounce.eventNames(), ['delivery-failed', 'bounce-suppressed']);
});

test('S-04: held mail that nobody decides on goes after 14 days; what a person held stays', async () => {
  const w = await outboundWorld({ first: { reply: (verb) => (verb === 'RCPT' ? '550 no' : undefined) } });
  const forged = await w.add({ submitted: false, from: 'forged@victim.test' });
  await w.attempt();
  const byPerson = await w.add({ submitted: false, from: 'someone@victim.test' });
  const { queue, traces } = w.store;
  assert.ok((await queue.change(byPerson, { action: 'hold', nowMs: w.clock.now() })).ok);
  const told: [string, string][] = [];
  const expire = async (): Promise<number> => {
    const expired = await expireHeld({
      queue,
      traces: {
        delivered(id, deliveries) {
          for (const { outcome, reply = '' } of deliveries) told.push([`${id} ${outcome}`, reply]);
          traces.delivered(id, deliveries);
        },
      },
      clock: w.clock,
      events: { emit: (event) => void w.events.push(event) },
    });
    assert.ok(expired.ok);
    return expired.value;
  };
  const traceId = (await w.item(forged))?.traceId;
  await w.clock.advance(heldMsMax);
  assert.equal(await expire(), 0);
  await w.clock.advance(1);
  assert.equal(await expire(), 1);
  assert.equal(await w.item(forged), undefined);
  assert.equal((await w.item(byPerson))?.recipients[0]?.state, 'held');
  assert.deepEqual(
    told.map(([what]) => what),
    [`${traceId} failed`],
  );
  assert.match(told[0]?.[1] ?? '', /^held for 14 days and dropped; last: 550 no/);
  assert.equal(w.eventNames().filter((name) => name === 'held-expired').length, 1);
});

test('S-04: of held mail the domain’s administrators are told, once an hour', async () => {
  const w = await outboundWorld({ first: { reply: (verb) => (verb === 'RCPT' ? '550 no' : undefined) } });
  for (let n = 0; n < 3; n += 1)
    await w.add({ submitted: false, from: 'x@victim.test', original: 'alias@a.test' });
  await w.attempt();
  assert.equal(w.queued(), 1);
  const leases = await w.store.queue.lease(w.clock.now(), 10, 'test', w.clock.now() + 1000);
  assert.ok(leases.ok);
  const notices = leases.value.map((lease) => lease.entry);
  assert.deepEqual(
    notices.map((entry) => [entry.origin, entry.from, entry.recipients[0]?.address.local]),
    [['notice', undefined, 'postmaster']],
  );
  const [body] = notices.map((entry) => entry.body);
  assert.match(
    body?.kind === 'bytes' ? Buffer.from(body.bytes).toString() : '',
    /alias@a\.test to you@b\.test/,
  );
});

test('what cannot be delivered in five days comes back, after many attempts', async () => {
  const w = await outboundWorld({
    first: { reply: (verb) => (verb === 'CONNECT' ? '554 not you' : undefined) },
    second: { reply: (verb) => (verb === 'MAIL' ? '451 4.3.0 later' : undefined) },
  });
  const id = await w.add({});
  await attempts(w, 20);
  assert.ok((await w.item(id)) !== undefined);
  await attempts(w, Math.ceil(expiryMs / retryDelayMsMax) - 18);
  assert.equal(await w.item(id), undefined);
  assert.ok(w.eventNames().includes('bounce-sent'));
});

test('S-12: a jump of ten years costs nobody the last attempt', async () => {
  const w = await outboundWorld({
    first: { reply: (verb, _l, n) => (verb === 'MAIL' && n === 1 ? '451 later' : undefined) },
  });
  const id = await w.add({});
  await w.attempt();
  await w.clock.advance(60_000);
  w.clock.jump(3_650 * dayMs);
  await w.attempt();
  assert.equal(await w.item(id), undefined);
  assert.equal(w.first.bodies.length, 1);
  const dead = await outboundWorld({
    first: { reply: (verb) => (verb === 'MAIL' ? '451 later' : undefined) },
  });
  const second = await dead.add({});
  dead.clock.jump(3_650 * dayMs);
  await dead.attempt();
  assert.equal(await dead.item(second), undefined);
  assert.equal(dead.first.connections, 1, 'one attempt, then the sender is told');
});

test('S-12: a jump during an attempt does not make it the last', async () => {
  const w: OutboundWorld = await outboundWorld({
    first: {
      reply: (verb) => {
        if (verb !== 'MAIL') return undefined;
        w.clock.jump(3_650 * dayMs);
        return '451 later';
      },
    },
  });
  const id = await w.add({});
  await w.attempt();
  assert.equal((await w.item(id))?.recipients[0]?.state, 'waiting');
});

test('no such domain, null MX, and a way to ourselves: told at once; no DNS: later', async () => {
  const w = await outboundWorld({
    zone: {
      'null.test': { MX: ['0 .'] },
      'inside.test': { MX: ['10 in.test'] },
      'in.test': { A: ['169.254.169.254'] },
      'slow.test': 'timeout',
    },
  });
  await w.add({ to: ['a@absent.test'] });
  await w.add({ to: ['a@null.test'] });
  await w.add({ to: ['a@inside.test'] });
  const slow = await w.add({ to: ['a@slow.test'] });
  await w.attempt();
  assert.equal(w.eventNames().filter((name) => name === 'bounce-sent').length, 3);
  assert.ok(w.eventNames().includes('destination-forbidden'));
  const [waiting] = (await w.item(slow))?.recipients ?? [];
  assert.equal(waiting?.state, 'waiting');
  assert.match(waiting?.last?.reply ?? '', /cannot be had/);
});

test('a trial server holds mail for the Internet, with the way out', async () => {
  const w = await outboundWorld({ rules: { destinations: 'private' } });
  const id = await w.add({});
  await w.attempt();
  const [held] = (await w.item(id))?.recipients ?? [];
  assert.equal(held?.state, 'held');
  assert.match(held?.last?.reply ?? '', /your-domain\.md/);
  assert.equal(w.first.connections, 0);
});

test('a lost reply to the final dot: in doubt, told so, and tried again', async () => {
  const w = await outboundWorld({
    first: { reply: (verb, _l, n) => (verb === 'FINAL' && n === 1 ? 'drop' : undefined) },
  });
  const id = await w.add({});
  await w.attempt();
  const [doubtful] = (await w.item(id))?.recipients ?? [];
  assert.equal(doubtful?.last?.inDoubt, true);
  assert.ok(w.eventNames().includes('delivery-in-doubt'));
  await w.clock.advance(retryDelayMsMax);
  await w.attempt();
  assert.equal(await w.item(id), undefined);
  assert.equal(w.first.bodies.length, 2);
});

test('an attempt that cannot be recorded as in doubt is not finished', async () => {
  const failing = (store: Store): Store => ({
    ...store,
    queue: {
      ...store.queue,
      mark: async () => err({ code: 'disk-full', detail: 'x' } as const),
    } satisfies Queue,
  });
  const w = await outboundWorld({ change: failing });
  const id = await w.add({});
  await w.attempt();
  assert.equal(w.first.bodies.length, 0);
  const [waiting] = (await w.item(id))?.recipients ?? [];
  assert.equal(waiting?.state, 'waiting');
  assert.equal(waiting?.last?.reply, 'waits for our own store');
});

test('a body that cannot be read: waits, and is never bounced for it', async () => {
  const failing = (store: Store): Store => ({
    ...store,
    blobs: {
      ...store.blobs,
      open: async function* open() {
        yield err({ code: 'corrupt', file: 'x', detail: 'tag' } as const);
      },
    },
  });
  const w = await outboundWorld({ change: failing });
  const id = await w.add({ large: true });
  w.clock.jump(30 * dayMs);
  await w.attempt();
  const [waiting] = (await w.item(id))?.recipients ?? [];
  assert.equal(waiting?.state, 'waiting');
  assert.match(waiting?.last?.reply ?? '', /cannot be read/);
});

test('SMTPUTF8: bounced with 5.6.7 where the server does not take it, sent plain where nothing needs it', async () => {
  const poor = await outboundWorld();
  await poor.add({ to: ['j\u00fcrgen@b.test'], smtpUtf8: true });
  await poor.attempt();
  assert.ok(poor.eventNames().includes('bounce-sent'));
  const declared = await outboundWorld();
  await declared.add({ smtpUtf8: true });
  await declared.attempt();
  assert.deepEqual(declared.eventNames(), ['delivery-done']);
  const rich = await outboundWorld({ first: { extensions: ['SMTPUTF8', '8BITMIME'] } });
  await rich.add({ to: ['j\u00fcrgen@b.test'], smtpUtf8: true });
  await rich.attempt();
  assert.ok(rich.first.commands.some((line) => line.endsWith(' SMTPUTF8')));
});

test('S-08: a host that never spoke TLS may be sent to in the clear by the attempt after', async () => {
  const w = await outboundWorld({
    first: { extensions: ['STARTTLS'], reply: (verb) => (verb === 'STARTTLS' ? '454 no' : undefined) },
    zone: { 'b.test': { MX: ['10 mx1.b.test'] } },
  });
  const id = await w.add({});
  await w.attempt();
  assert.equal(w.first.bodies.length, 0, 'not in the same attempt');
  assert.ok(w.eventNames().includes('outbound-tls-failed'));
  await w.clock.advance(5 * 60_000);
  await w.attempt();
  assert.equal(await w.item(id), undefined);
  assert.equal(w.first.bodies.length, 1);
});

test('S-08: where TLS worked, neither a failed handshake nor a missing offer is followed by clear text for 24 hours', async () => {
  for (const broken of ['refused', 'stripped']) {
    let spoils = false;
    const w = await outboundWorld({
      first: {
        extensions: ['STARTTLS'],
        reply: (verb) => {
          if (!spoils) return undefined;
          if (broken === 'stripped') return verb === 'EHLO' ? '250 sink.test' : undefined;
          return verb === 'STARTTLS' ? '454 no' : undefined;
        },
      },
      zone: { 'b.test': { MX: ['10 mx1.b.test'] } },
    });
    await w.add({});
    await w.attempt();
    assert.equal(w.first.bodies.length, 1);
    await w.clock.advance(2 * 3_600_000);
    spoils = true;
    const id = await w.add({});
    for (let hour = 0; hour < 23; hour += 1) {
      await w.attempt();
      await w.clock.advance(3_600_000);
    }
    assert.equal(w.first.bodies.length, 1, broken);
    await w.clock.advance(12 * 3_600_000);
    await w.attempt();
    assert.equal(w.first.bodies.length, 2, broken);
    assert.equal(await w.item(id), undefined);
  }
});

test('many recipients go in lots of a hundred', async () => {
  const w = await outboundWorld({ first: { extensions: ['PIPELINING'] } });
  const id = await w.add({ to: Array.from({ length: 250 }, (_, n) => `u${n}@b.test`) });
  await w.attempt();
  assert.equal(await w.item(id), undefined);
  assert.equal(w.first.bodies.length, 3);
  assert.equal(w.first.connections, 1);
});
