import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClientAddress } from '#base/client-address.ts';
import type { Domain } from '#mail/domain.ts';
import type { DownstreamHost } from '#store/contract/accounts.ts';
import { outboundWorld, plainText } from './outbound-world.fixture.ts';
import type { OutboundWorld, WorldOptions } from './outbound-world.fixture.ts';

const behind = 'behind.test' as Domain;
const host: DownstreamHost = { host: '5.6.7.1', port: 25, tls: 'opportunistic' };
const inbound = { to: ['you@behind.test'], from: 'stranger@c.test', submitted: false };

/** Our `behind.test` has its mailboxes on the first server, whatever its MX records say. */
async function world(options: WorldOptions = {}, downstream = host): Promise<OutboundWorld> {
  const zone = { 'behind.test': { MX: ['10 mail.a.test'] }, 'mail.a.test': { A: ['1.2.3.4'] } };
  const w = await outboundWorld({ zone, ...options });
  await name(w, downstream);
  return w;
}

async function name(w: OutboundWorld, downstream: DownstreamHost | undefined): Promise<void> {
  const made = await w.store.domains.create(behind, w.clock.now());
  const record = made.ok ? made : await w.store.domains.get(behind);
  assert.ok(record.ok);
  const changed = await w.store.domains.change(behind, { downstream }, record.value.version);
  assert.ok(changed.ok);
}

test('mail of a domain with a server behind this one goes there, with what was found on the way in (I-88)', async () => {
  const w = await world();
  const fields = 'Authentication-Results: mail.a.test; spf=pass\r\nX-Postern-Verdict: junk; by=spf\r\n';
  const id = await w.add({ ...inbound, fields });
  await w.attempt();
  assert.equal(await w.item(id), undefined);
  assert.match(
    w.first.bodies[0]?.toString('latin1') ?? '',
    /^Authentication-Results: .*\r\nX-Postern-Verdict: junk/,
  );
  assert.ok(w.first.bodies[0]?.toString('latin1').includes(plainText.slice(0, 30)));
});

test('what was found on the way in goes to nobody else', async () => {
  const w = await world();
  await w.add({
    ...inbound,
    to: ['you@b.test'],
    fields: 'Authentication-Results: mail.a.test; spf=pass\r\n',
  });
  await w.attempt();
  assert.doesNotMatch(w.first.bodies[0]?.toString('latin1') ?? '', /Authentication-Results/);
});

test('TLS that is demanded is demanded also of a server that offers none', async () => {
  for (const tls of ['encrypted', 'verified'] as const) {
    const w = await world({}, { ...host, host: 'mx1.b.test', tls });
    const id = await w.add(inbound);
    await w.attempt();
    const [waiting] = (await w.item(id))?.recipients ?? [];
    assert.equal(waiting?.state, 'waiting');
    assert.match(waiting?.last?.reply ?? '', /offers no TLS/);
    assert.equal(w.first.bodies.length, 0);
  }
});

test('it waits for a server that is away, and follows the entry when that is changed', async () => {
  const w = await world();
  const back = w.kill();
  const id = await w.add(inbound);
  await w.attempt();
  assert.equal((await w.item(id))?.recipients[0]?.state, 'waiting');
  await name(w, { ...host, host: '5.6.7.2' });
  await w.clock.advance(3_600_000);
  await w.attempt();
  assert.equal(w.second.bodies.length, 1);
  back();
});

test('a private address is reached, because an administrator named it; ourselves are a loop, and wait', async () => {
  const own = new Set(['5.6.7.1' as ClientAddress]);
  const w = await world({ rules: { ownAddresses: own, ownPorts: new Set([25]), destinations: 'private' } });
  const id = await w.add(inbound);
  await w.attempt();
  const [waiting] = (await w.item(id))?.recipients ?? [];
  assert.equal(waiting?.state, 'waiting');
  assert.match(waiting?.last?.reply ?? '', /a loop/);
  const trial = await world({ rules: { ownAddresses: own, destinations: 'private' } });
  await trial.add(inbound);
  await trial.attempt();
  assert.equal(trial.first.bodies.length, 1);
});

test('a server that is taken away leaves nothing but ourselves: its mail does not go to strangers', async () => {
  const w = await world();
  await name(w, undefined);
  const id = await w.add(inbound);
  await w.attempt();
  assert.equal(w.first.bodies.length + w.second.bodies.length, 0);
  assert.match((await w.item(id))?.recipients[0]?.last?.reply ?? '', /loop/);
});

test('what it refuses for good is held, not answered to a stranger (S-04)', async () => {
  const w = await world({ first: { reply: (verb) => (verb === 'RCPT' ? '550 5.1.1 nobody' : undefined) } });
  const id = await w.add(inbound);
  await w.attempt();
  assert.equal((await w.item(id))?.recipients[0]?.state, 'held');
  // Our own administrator hears of it, not a postmaster whom that server may not have.
  const listed = await w.store.queue.list({}, undefined, 10);
  const notice = listed.ok ? listed.value.items.find((item) => item.id !== id) : undefined;
  assert.equal(notice?.recipients[0]?.route.kind, 'local');
});

test('what an exception relays is signed as ours, and its sender is told; another’s domain is not (P-10)', async () => {
  const w = await outboundWorld({
    first: { reply: (_, line) => (line.includes('gone@') ? '550 no' : undefined) },
  });
  await w.add({ submitted: false, relayed: true });
  await w.attempt();
  assert.match(w.first.bodies[0]?.toString('latin1') ?? '', /^DKIM-Signature: /);
  await w.add({ submitted: false, relayed: true, to: ['gone@b.test'] });
  await w.attempt();
  assert.ok(w.eventNames().includes('bounce-sent'));
  const id = await w.add({ submitted: false, relayed: true, to: ['gone@b.test'], from: 'x@partner.test' });
  await w.attempt();
  assert.equal((await w.item(id))?.recipients[0]?.state, 'held');
});
