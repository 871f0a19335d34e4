import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeResolver } from '#platform/fake-resolver.ts';
import { createFakeTextFiles } from '#platform/fake-text-files.ts';
import { listsFor } from '#policy/lists/lists.fixture.ts';
import type { FixtureLists } from '#policy/lists/lists.fixture.ts';
import { parseLocalSubject } from '#policy/local-lists/local-entry.ts';
import type { LocalListName, LocalOrigin } from '#policy/local-lists/local-entry.ts';
import { networkSet } from '#base/client-address.ts';
import { context, intakeWorld } from './intake.fixture.ts';
import type { IntakeWorld, ListMaking } from './intake.fixture.ts';

interface Connecting extends IntakeWorld {
  add(
    list: LocalListName,
    text: string,
    more?: { readonly origin?: LocalOrigin; readonly forMs?: number },
  ): void;
}

async function world(
  settings: Readonly<Record<string, unknown>> = {},
  given: Partial<FixtureLists> = {},
): Promise<Connecting> {
  let made: FixtureLists | undefined;
  const lists = (making: ListMaking) => {
    const textFiles = createFakeTextFiles({ '/asn': '203.0.113.0/24,64500,DE\n' });
    const fileValues = { networks: ['/asn'] };
    made = { ...listsFor({ ...making, textFiles, fileValues }), ...given };
    return made;
  };
  const zone = {};
  const intake = await intakeWorld({ policy: { zone, resolver: createFakeResolver(zone), settings, lists } });
  await made?.files.refresh();
  return {
    ...intake,
    add(list, text, { origin = 'administrator', forMs } = {}) {
      const subject = parseLocalSubject(text);
      assert.ok(subject !== undefined, text);
      made?.local.add({ list, subject, origin, forMs, reason: 'a test' });
    },
  };
}

const greeted = ({ intake }: IntakeWorld, who = context('mx')) => intake.connecting?.(who);

test('P-24: an entry refuses the next connection, whichever way it names the client; the trace says which entry', async () => {
  for (const entry of ['203.0.113.5', '203.0.113.0/24', 'AS64500', 'country:DE']) {
    const made = await world();
    assert.equal(greeted(made), undefined);
    made.add('block', entry);
    const refusal = greeted(made);
    assert.equal(refusal?.code, 554, entry);
    assert.match(refusal.text, /^mail from 203\.0\.113\.5 is not accepted here \[T:/);
    const traces = await made.store.traces.list({}, undefined, 1);
    const [step] = (traces.ok ? traces.value.items[0] : undefined)?.steps ?? [];
    assert.deepEqual([step?.stage, step?.check], ['connect', 'blocklist']);
    assert.match(JSON.stringify(step?.evidence), /"reason":"a test"/);
    assert.ok(step?.reason?.includes(entry));
  }
});

test('P-24: an entry that is over refuses nobody', async () => {
  const made = await world();
  made.add('block', '203.0.113.5', { forMs: 60_000 });
  assert.ok(greeted(made) !== undefined);
  await made.clock.advance(60_000);
  assert.equal(greeted(made), undefined);
});

test('P-26: whom an allow entry names is greeted, and so is everybody while a sender could prove to be allowed', async () => {
  for (const allowed of [
    '203.0.113.5',
    '203.0.0.0/16',
    'partner.example',
    'a@partner.example',
    '*@*.example',
  ]) {
    const made = await world();
    made.add('block', '203.0.113.0/24');
    made.add('allow', allowed);
    assert.equal(greeted(made), undefined, allowed);
  }
  const other = await world();
  other.add('block', '203.0.113.0/24');
  other.add('allow', '198.51.100.1');
  assert.ok(greeted(other) !== undefined);
});

test('S-03: who was listed by what happened still gets to the postmaster, unless it is set otherwise', async () => {
  const made = await world();
  made.add('block', '203.0.113.5', { origin: 'trap' });
  assert.equal(greeted(made), undefined);
  const all = await world({}, { connect: { refuseAtConnect: 'all' } });
  all.add('block', '203.0.113.5', { origin: 'trap' });
  assert.ok(greeted(all) !== undefined);
  const never = await world({}, { connect: { refuseAtConnect: 'never' } });
  never.add('block', '203.0.113.5');
  assert.equal(greeted(never), undefined);
});

test('P-24: a check that only notes, or that makes exceptions, refuses nobody at the greeting', async () => {
  for (const settings of [
    { 'policy.blocklist.action': 'note' },
    { 'policy.blocklist.except': ['203.0.113.0/24'] },
    { 'policy.blocklist.except': ['friend.example'] },
  ]) {
    const made = await world(settings);
    made.add('block', '203.0.113.5');
    assert.equal(greeted(made), undefined, JSON.stringify(settings));
  }
});

test('S-01: only on mx, and nobody for whom a gateway or a proxy speaks', async () => {
  const made = await world();
  made.add('block', '203.0.113.0/24');
  assert.equal(greeted(made, context('submission', made.user)), undefined);
  assert.equal(greeted(made, context('lmtp')), undefined);
  assert.equal(greeted(made, { ...context('mx'), gateways: networkSet([]) }), undefined);
  assert.equal(greeted(made, { ...context('mx'), isClientUnknown: true }), undefined);
});
