import assert from 'node:assert/strict';
import { test } from 'node:test';
import { address, begin, context, intakeWorld, mailFrom, send } from '#delivery/receive/intake.fixture.ts';
import type { IntakeWorld } from '#delivery/receive/intake.fixture.ts';
import type { Domain } from '#mail/domain.ts';
import type { ZoneTable } from '#platform/fake-resolver.ts';
import { defaultPolicyValues } from '#policy/default-policy-values.fixture.ts';
import { replayRecord } from '#policy/replay-record.ts';
import { findOperation } from '../operations.ts';
import type { AdminWorld } from '../world.ts';

const zone: ZoneTable = {
  '.': { NS: ['a.root-servers.net'] },
  '5.113.0.203.in-addr.arpa': { PTR: ['client.example'] },
  'client.example': { A: ['203.0.113.5'] },
  'good.example': { MX: ['10 client.example'], TXT: ['v=spf1 ip4:203.0.113.5 -all'] },
  'fail.example': { MX: ['10 client.example'], TXT: ['v=spf1 -all'] },
  'soft.example': { MX: ['10 client.example'], TXT: ['v=spf1 ~all'] },
  'wanted.example': { MX: ['10 client.example'] },
  '_dmarc.wanted.example': { TXT: ['v=DMARC1; p=quarantine'] },
};

/** One message of each kind, refused and accepted, and its verdicts by sender. */
async function recorded(): Promise<IntakeWorld> {
  const world = await intakeWorld({ policy: { zone } });
  for (const domain of ['good', 'fail', 'soft', 'wanted']) {
    const from = `a@${domain}.example`;
    await send(world, { mail: mailFrom(from), message: `From: ${from}\r\n\r\nhello\r\n` });
  }
  const transaction = await begin(world, context('mx'), mailFrom('a@missing.example'));
  await transaction.recipient(address('user@example.test'));
  await transaction.abandon('QUIT');
  const exempt = { ...context('mx'), exempt: new Set(['dns'] as const) };
  await send(world, { who: exempt, mail: mailFrom('a@fail.example') });
  await send(world, { who: context('lmtp'), mail: mailFrom('a@fail.example') });
  return world;
}

async function replay(world: IntakeWorld, changes: readonly string[]) {
  const operation = findOperation('policy replay');
  assert.ok(operation !== undefined);
  const admin = {
    ...world,
    hostname: 'mx.example.test' as Domain,
    ownAddresses: new Set<string>(),
  } as unknown as AdminWorld;
  const done = await operation.run(
    admin,
    { with: changes },
    { progress: () => undefined, signal: new AbortController().signal },
  );
  assert.ok(done.ok, JSON.stringify(done));
  const value = done.value as {
    readonly judged: number;
    readonly counts: object;
    readonly changes: readonly { readonly from: string }[];
  };
  return { ...value, lines: operation.render(done.value) };
}

test('N-3: under the settings of then each record gives the verdict of then', async () => {
  const { store } = await recorded();
  const list = await store.traces.list({}, undefined, 100);
  assert.ok(list.ok);
  const own = {
    hostname: 'mx.example.test',
    isOwnAddress: () => false,
    isOwnDomain: store.domains.isLocal.bind(store.domains),
    ownDomains: () => store.domains.names(),
  };
  const actions = {
    accept: ['accept'],
    quarantine: ['junk'],
    refuse: ['refuse'],
    defer: ['defer', 'greylist'],
    discard: [],
  };
  let judged = 0;
  for (const record of list.value.items) {
    // As a store gives it back.
    const stored = JSON.parse(JSON.stringify(record)) as typeof record;
    const verdict = await replayRecord(stored, { values: defaultPolicyValues, own });
    if (verdict === undefined) continue;
    judged += 1;
    const allowed: readonly string[] = actions[record.verdict.action];
    assert.ok(
      allowed.includes(verdict),
      `${record.envelope?.from ?? ''}: ${verdict}, was ${record.verdict.action}`,
    );
  }
  assert.equal(judged, 6, 'all that policy judged, and not LMTP');
});

test('N-3: other settings list what they would have let in and kept out, and change nothing', async () => {
  const world = await recorded();
  const same = await replay(world, ['spf.action=refuse']);
  assert.deepEqual([same.judged, same.counts], [6, {}]);
  assert.match(same.lines.at(-1) ?? '', /nothing would have changed/);
  const lenient = await replay(world, ['spf.action=note', 'sender-domain.action=score']);
  assert.deepEqual(lenient.counts, { 'refuse → let-on': 1, 'refuse → accept': 1 });
  assert.deepEqual(lenient.changes.map(({ from }) => from).toSorted(), [
    'a@fail.example',
    'a@missing.example',
  ]);
  const strict = await replay(world, ['junk_score=2', 'greylisting=false']);
  assert.deepEqual(strict.counts, { 'accept → junk': 1 });
  const again = await replay(world, ['spf.action=refuse']);
  assert.deepEqual(again.counts, {});
});

test('what is no setting of policy, or no value for it, is told', async () => {
  const world = await recorded();
  const operation = findOperation('policy replay');
  for (const [wish, code] of [
    ['spf.action', 'setting-not-found'],
    ['log.level=info', 'setting-not-found'],
    ['spf.action=shout', 'value-invalid'],
  ] as const) {
    const done = await operation?.run(
      world as unknown as AdminWorld,
      { with: [wish] },
      { progress: () => undefined, signal: new AbortController().signal },
    );
    assert.equal(done?.ok === false ? done.error.code : 'ok', code);
  }
});

test('N-3: no more changes are named than asked for, the others are counted, and progress is told', async () => {
  const world = await recorded();
  const operation = findOperation('policy replay');
  const admin = {
    ...world,
    hostname: 'mx.example.test' as Domain,
    ownAddresses: new Set<string>(),
  } as unknown as AdminWorld;
  const told: unknown[] = [];
  const run = { progress: (one: unknown) => told.push(one), signal: new AbortController().signal };
  const wish = { with: ['spf.action=note', 'sender-domain.action=score'], limit: 1 };
  const done = await operation?.run(admin, wish, run);
  assert.ok(done?.ok === true && operation !== undefined);
  const { changes, more, whole } = done.value as {
    readonly changes: readonly object[];
    readonly more: number;
    readonly whole: boolean;
  };
  assert.deepEqual([changes.length, more, whole], [1, 1, true]);
  assert.ok(told.length > 0);
  assert.match(operation.render(done.value).join('\n'), /… and 1 more/);
});

test('N-3: of a list that was off nothing is claimed', async () => {
  const world = await recorded();
  const { lines } = await replay(world, ['spamhaus-zen.action=refuse']);
  assert.match(lines.at(-1) ?? '', /spamhaus-zen was off: .*nothing can be said of it/);
});

test('who named one address too many is not taken for one who was let on in spite of a refusal', async () => {
  const world = await intakeWorld({ policy: { zone } });
  const from = mailFrom('a@soft.example');
  const transaction = await begin(world, context('mx'), from);
  assert.equal((await transaction.recipient(address('nobody@example.test'))).ok, false);
  assert.ok((await transaction.recipient(address('user@example.test'))).ok);
  await transaction.write(Buffer.from('From: a@soft.example\r\n\r\nhello\r\n'));
  const [answer] = await transaction.finish({ bareCr: false, bareLf: false, nul: false });
  assert.ok(answer?.ok);
  // Its HELO name would be found wanting at the envelope.
  const { counts } = await replay(world, ['spf_helo.action=note', 'iprev.action=refuse', 'iprev.weight=9']);
  assert.deepEqual(counts, {});
  const { '5.113.0.203.in-addr.arpa': _, ...nameless } = zone;
  const other = await intakeWorld({ policy: { zone: nameless } });
  const again = await begin(other, context('mx'), from);
  assert.equal((await again.recipient(address('nobody@example.test'))).ok, false);
  assert.ok((await again.recipient(address('user@example.test'))).ok);
  await again.write(Buffer.from('From: a@soft.example\r\n\r\nhello\r\n'));
  await again.finish({ bareCr: false, bareLf: false, nul: false });
  const strict = await replay(other, ['iprev.action=refuse', 'greylisting=false']);
  assert.deepEqual(
    Object.keys(strict.counts).map((change) => change.replace(/.* → /, '')),
    ['refuse'],
  );
});
