import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { ok } from '#base/result.ts';
import type { Domain } from '#mail/domain.ts';
import { makeId } from '#base/id.ts';
import type { FakeClock } from '#platform/fake-clock.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeRandom } from '#platform/fake-random.ts';
import { createFakeResolver } from '#platform/fake-resolver.ts';
import { OwedReports } from '#delivery/dmarc-reports/owed-reports.ts';
import { reportSettings } from '#delivery/dmarc-reports/report-settings.ts';
import { LayerShares } from '#policy/layers/layer-shares.ts';
import { deliveredSettings } from '#policy/default-policy-values.fixture.ts';
import { TrialBook } from '#policy/trials/trial-book.ts';
import { createMemoryStore } from '#store/memory/memory-store.ts';
import { setting, settingValues } from '#config/setting.ts';
import { integer } from '#config/kinds/integer.ts';
import { exitCodeOf } from './errors.ts';
import type { ImportedMessage } from './import/mail-source.ts';
import { findOperation, operations } from './operations.ts';
import { BanBook } from '#policy/bans/ban-book.ts';
import { banDefaults } from '#policy/bans/ban-settings.ts';
import { listsFor } from '#policy/lists/lists.fixture.ts';
import { RelayBook } from '#policy/relay/relay-book.ts';
import { bookOf } from '#policy/rules/rules.fixture.ts';
import { silentEvents } from '#trace/events.ts';
import type { AdminWorld } from './world.ts';

let world: AdminWorld;
let told: string[];
let imported: ImportedMessage[];

beforeEach(() => {
  told = [];
  imported = [];
  const clock = createFakeClock();
  const random = createFakeRandom(1);
  const unused = () => Promise.reject(new Error('not in this test'));
  const store = createMemoryStore({ clock, random });
  world = {
    version: '0.0.0',
    hostname: 'mail.example.test' as Domain,
    outgoingAddresses: [],
    store,
    clock,
    random,
    resolver: createFakeResolver({}),
    settings: [setting('test.count', integer({ min: 1, max: 9 }), 5, { meaning: 'A count.' })],
    ownAddresses: new Set(['127.0.0.1']),
    messageFile: unused,
    mailSource: async () =>
      ok({
        format: 'mbox',
        messagesTotal: imported.length,
        async *messages() {
          yield* imported;
        },
      }),
    bans: {
      book: new BanBook({ clock, events: silentEvents, rules: banDefaults, changed: () => undefined }),
      kept: async () => undefined,
      packetFilter: () => ({ never: [], free: [], listeners: [], rules: [] }),
    },
    lists: listsFor({ clock, resolver: createFakeResolver({}), settings: store.settings }),
    relays: { book: new RelayBook({ clock, changed: () => undefined }), kept: async () => undefined },
    receivedReports: { list: () => [] },
    rules: { book: bookOf([]), kept: async () => undefined },
    layers: new LayerShares({ counters: store.counters, listeners: new Set() }),
    owedReports: {
      book: new OwedReports({ clock, tallyChanged: () => undefined, sentChanged: () => undefined }),
      settings: settingValues(reportSettings, new Map()).values,
    },
    trials: { book: bookOfTrials(clock), kept: async () => undefined },
    flow: { report: () => [], rows: () => [], listeners: ['mx'] },
    backups: { write: unused, read: unused, restore: unused, renewQueue: unused, holding: async () => [] },
    keys: { rotateMaster: unused, rotateAccounts: unused },
    doctorChecks: [],
    notices: {
      queueChanged: () => told.push('queue'),
      accountChanged: (id) => told.push(`account ${id}`),
      domainsChanged: () => undefined,
      settingChanged: (name) => void told.push(`setting ${name}`),
    },
  };
});

function bookOfTrials(clock: FakeClock): TrialBook {
  const nothing = (): void => undefined;
  return new TrialBook({ clock, settings: deliveredSettings, changed: nothing, stopped: nothing });
}

type Output = Readonly<Record<string, unknown>>;

async function run(name: string, input: unknown): Promise<Output> {
  const operation = findOperation(name);
  assert.ok(operation);
  const output = await operation.run(world, input, {
    progress: () => undefined,
    signal: new AbortController().signal,
  });
  if (!output.ok) return { error: output.error.code, exit: exitCodeOf(output.error) };
  assert.ok(operation.render(output.value).length > 0);
  assert.deepEqual(JSON.parse(JSON.stringify(output.value)), output.value, 'the output is plain JSON');
  return output.value as Output;
}

test('names are unique, and every input of every operation is explained', () => {
  assert.equal(new Set(operations.map((row) => row.name)).size, operations.length);
  for (const row of operations)
    for (const key of Object.values(row.input)) assert.ok(key.meaning.endsWith('.'), row.name);
});

test('a domain, an account and an alias are made, listed and taken away', async () => {
  assert.deepEqual(await run('account add', { address: 'a@example.test' }), {
    error: 'domain-unknown',
    exit: 5,
  });
  await run('domain add', { domain: 'Example.Test' });
  assert.deepEqual(await run('domain add', { domain: 'example.test' }), { error: 'exists', exit: 5 });
  const made = await run('account add', { address: 'a@example.test', quota: '1MiB' });
  assert.match(String(made['password']), /^([2-9a-z]{4}-){6}[2-9a-z]{4}$/);
  assert.equal(made['quotaBytes'], 1_048_576);
  assert.deepEqual(await run('account add', { address: 'A@example.test' }), { error: 'exists', exit: 5 });
  assert.deepEqual(await run('account add', { address: 'postmaster@example.test' }), {
    error: 'name-reserved',
    exit: 5,
  });
  assert.deepEqual(await run('domain remove', { domain: 'example.test' }), {
    error: 'domain-in-use',
    exit: 5,
  });
  await run('alias add', { address: 'b@example.test', targets: ['a@example.test'] });
  const aliases = await run('alias list', {});
  assert.deepEqual(aliases, {
    items: [{ address: 'b@example.test', targets: ['a@example.test'] }],
    next: null,
  });
  await run('alias remove', { address: 'b@example.test' });
  assert.deepEqual(await run('alias remove', { address: 'b@example.test' }), {
    error: 'alias-not-found',
    exit: 4,
  });
  const removed = await run('account remove', { address: 'a@example.test' });
  assert.deepEqual(told, [`account ${String(removed['id'])}`]);
  assert.equal((await run('domain remove', { domain: 'example.test' }))['removed'], true);
});

test('no output ever holds a password that was given, or a verifier', async () => {
  await run('domain add', { domain: 'example.test' });
  const made = await run('account add', { address: 'a@example.test', password: 'correct horse battery' });
  assert.equal(made['password'], null);
  const all = JSON.stringify([made, await run('account list', {})]);
  assert.doesNotMatch(all, /correct horse|argon2|storedKey/);
  assert.deepEqual(await run('account password', { address: 'a@example.test', password: 'short' }), {
    error: 'password-refused',
    exit: 2,
  });
});

test('wrong input is refused before anything is done', async () => {
  assert.deepEqual(await run('domain add', {}), { error: 'usage', exit: 2 });
  assert.deepEqual(await run('domain add', { domain: 'a b' }), { error: 'value-invalid', exit: 2 });
  assert.deepEqual(await run('domain add', { domain: 'a.test', colour: 'red' }), { error: 'usage', exit: 2 });
  assert.deepEqual(await run('domain add', null), { error: 'usage', exit: 2 });
});

test('a setting is changed, refused and brought back to its default', async () => {
  assert.equal((await run('settings set', { name: 'test.count', value: '7' }))['value'], 7);
  assert.equal((await run('settings get', { name: 'test.count' }))['changed'], true);
  assert.deepEqual(await run('settings set', { name: 'test.count', value: '10' }), {
    error: 'value-invalid',
    exit: 2,
  });
  assert.deepEqual(await run('settings get', { name: 'test.coun' }), { error: 'setting-not-found', exit: 4 });
  assert.equal((await run('settings set', { name: 'test.count' }))['value'], 5);
  assert.deepEqual(told, ['setting test.count', 'setting test.count']);
});

test('an account is disabled and enabled again; who is in is told to go each time', async () => {
  await run('domain add', { domain: 'example.test' });
  await run('account add', { address: 'a@example.test' });
  for (const [name, state] of [
    ['account disable', 'disabled'],
    ['account enable', 'active'],
  ] as const) {
    told = [];
    assert.deepEqual(await run(name, { address: 'a@example.test' }), { address: 'a@example.test', state });
    assert.equal(told.filter((line) => line.startsWith('account ')).length, 1);
    const [row] = (await run('account list', {}))['items'] as { readonly state: string }[];
    assert.equal(row?.state, state);
  }
});

test('what is dangerous tells what it would do, and does not', async () => {
  await run('domain add', { domain: 'example.test' });
  const operation = findOperation('domain remove');
  assert.equal(operation?.dangerous, true);
  const preview = await operation?.preview(world, { domain: 'example.test' });
  assert.match(preview?.ok ? preview.value.join(' ') : '', /will be refused/);
  assert.equal(((await run('domain list', {}))['items'] as unknown[]).length, 1);
});

test('an import twice adds nothing twice, and equal messages of one source stay two', async () => {
  await run('domain add', { domain: 'example.test' });
  await run('account add', { address: 'a@example.test' });
  const message = (key: string, mailbox: string, body: string): ImportedMessage => ({
    key,
    mailbox,
    bytes: Buffer.from(`Subject: x\r\n\r\n${body}\r\n`),
    internalDateMs: 1000,
    flags: ['\\Seen'],
  });
  imported = [
    message('k:0', '', 'same'),
    message('k:1', '', 'same'),
    message('m:0', 'Lists', 'x'.repeat(100_000)),
  ];
  const input = { account: 'a@example.test', path: '/mail' };
  const operation = findOperation('import');
  assert.equal(operation?.dangerous, false);
  const would = await operation?.preview(world, { ...input, mailbox: 'Old' });
  assert.deepEqual(would?.ok ? would.value.slice(1) : would, [
    '  2 messages into Old',
    '  1 message into Old/Lists',
  ]);
  assert.deepEqual(await run('import', input), { format: 'mbox', read: 3, added: 3, alreadyThere: 0 });
  assert.deepEqual(await run('import', input), { format: 'mbox', read: 3, added: 0, alreadyThere: 3 });
});

test('what is not there is not found', async () => {
  const id = '01J00000000000000000000000';
  for (const name of ['queue show', 'queue retry', 'queue drop'])
    assert.deepEqual(await run(name, { id }), { error: 'queue-not-found', exit: 4 });
  // Of its time there is nothing any more; of today there could be.
  assert.deepEqual(await run('trace show', { id: '01J0000000' }), { error: 'trace-expired', exit: 4 });
  const fresh = makeId(createFakeClock().now(), new Uint8Array(10));
  assert.deepEqual(await run('trace show', { id: fresh }), { error: 'trace-not-found', exit: 4 });
  assert.deepEqual(await run('account remove', { address: 'a@b.test' }), {
    error: 'account-not-found',
    exit: 4,
  });
  assert.deepEqual(await run('domain dns', { domain: 'b.test' }), { error: 'domain-not-found', exit: 4 });
});

test('domain dmarc and domain dkim judge what is published as others do (P-20, P-21)', async () => {
  const added = await run('domain add', { domain: 'example.test' });
  const nothing = await run('domain dmarc', { domain: 'example.test' });
  assert.deepEqual(
    [nothing['record'], nothing['recommended']],
    [null, 'v=DMARC1; p=none; rua=mailto:dmarc-reports@example.test'],
  );
  assert.deepEqual(nothing['findings'], [{ weight: 'broken', detail: 'no record is published' }]);
  const rows = added['records'] as readonly { readonly name: string; readonly value: string }[];
  const keys = rows.filter(({ name }) => name.includes('_domainkey'));
  const zone = Object.fromEntries([
    ...keys.map(({ name, value }) => [name, { TXT: [value] }] as const),
    ['_dmarc.example.test', { TXT: ['v=DMARC1; p=reject; rua=mailto:dmarc-reports@example.test'] }],
  ]);
  world = { ...world, resolver: createFakeResolver(zone) };
  const fine = await run('domain dmarc', { domain: 'example.test' });
  assert.deepEqual(fine['findings'], []);
  const signed = (await run('domain dkim', { domain: 'example.test' }))['keys'] as readonly {
    result: string;
  }[];
  assert.deepEqual(
    signed.map(({ result }) => result),
    ['pass', 'pass'],
  );
  const dns = (await run('domain dns', { domain: 'example.test' }))['items'] as readonly {
    readonly name: string;
    readonly state: string;
  }[];
  assert.equal(
    dns.find(({ name }) => name.startsWith('_dmarc.'))?.state,
    'published',
    'stricter is no difference',
  );
  const named = ['example.test mailer.example our news', 'other.test 203.0.113.0/24'];
  await world.store.settings.set('policy.named_senders', named, 0);
  assert.deepEqual((await run('domain dmarc', { domain: 'example.test' }))['namedSenders'], [
    { proof: 'mailer.example', reason: 'our news' },
  ]);
  for (const name of ['domain dmarc', 'domain dkim'])
    assert.equal((await run(name, { domain: 'other.test' }))['error'], 'domain-not-found');
});

test('domain spf judges the published record for the addresses that mail leaves from (I-34)', async () => {
  await run('domain add', { domain: 'example.test' });
  const none = await run('domain spf', { domain: 'example.test' });
  assert.equal(none['record'], null);
  assert.equal(none['recommended'], 'v=spf1 mx -all');
  const zone = {
    'example.test': { TXT: ['v=spf1 mx -all'], MX: ['10 mail.example.test'] },
    'mail.example.test': { A: ['192.0.2.1'] },
  };
  world = { ...world, resolver: createFakeResolver(zone) };
  const fine = await run('domain spf', { domain: 'example.test' });
  assert.deepEqual(fine['addresses'], [{ address: '192.0.2.1', result: 'pass' }]);
  assert.deepEqual(fine['findings'], []);
  const uncovered = await run('domain spf', { domain: 'example.test', addresses: ['192.0.2.9'] });
  assert.deepEqual(uncovered['findings'], [
    { weight: 'broken', detail: 'mail from our address 192.0.2.9 is not let through (fail)' },
  ]);
  assert.equal((await run('domain spf', { domain: 'other.test' }))['error'], 'domain-not-found');
});
