import assert from 'node:assert/strict';
import { test } from 'node:test';
import { address, begin, context, intakeWorld, mailFrom, send } from '#delivery/receive/intake.fixture.ts';
import type { IntakeWorld, PolicyOptions } from '#delivery/receive/intake.fixture.ts';
import type { Domain } from '#mail/domain.ts';
import type { ZoneTable } from '#platform/fake-resolver.ts';
import { findOperation } from '../operations.ts';
import type { AdminWorld } from '../world.ts';

const zone: ZoneTable = {
  '.': { NS: ['a.root-servers.net'] },
  '5.113.0.203.in-addr.arpa': { PTR: ['client.example'] },
  'client.example': { A: ['203.0.113.5'] },
  'good.example': { MX: ['10 client.example'], TXT: ['v=spf1 ip4:203.0.113.5 -all'] },
  'fail.example': { MX: ['10 client.example'], TXT: ['v=spf1 -all'] },
};
const { '5.113.0.203.in-addr.arpa': _, ...nameless } = zone;

interface Shown {
  readonly lines: readonly string[];
  readonly record: object | null;
  readonly wouldChange: {
    readonly asThen: boolean;
    readonly changes: readonly {
      readonly words: string;
      readonly action: string;
      readonly unasked: object;
    }[];
  } | null;
}

async function show(world: IntakeWorld, id: string, audience: string, trials?: object): Promise<Shown> {
  const admin = {
    trials,
    ...world,
    hostname: 'mx.example.test' as Domain,
    ownAddresses: new Set<string>(),
  };
  const run = { progress: () => undefined, signal: new AbortController().signal };
  const done = await findOperation('trace show')?.run(
    admin as unknown as AdminWorld,
    { id, for: audience },
    run,
  );
  assert.ok(done?.ok === true, JSON.stringify(done));
  return done.value as Shown;
}

/** The first ten characters of the code in the reply. */
function codeIn(text: string): string {
  return /\[T:([0-9A-Z]{10})[0-9A-Z]{16}\]$/.exec(text)?.[1] ?? '';
}

async function refused(policy: PolicyOptions, from: string): Promise<{ world: IntakeWorld; code: string }> {
  const world = await intakeWorld({ policy });
  const message = `From: ${from}\r\n\r\nhello\r\n`;
  const [answer] = await send(world, { mail: mailFrom(from), message });
  assert.ok(answer?.ok === false, 'it is refused');
  return { world, code: codeIn(answer.reply.text) };
}

test('N-2: ten characters of the code in a refusal find the trace, which says what would have changed it', async () => {
  const { world, code } = await refused({ zone }, 'a@fail.example');
  const { lines, wouldChange } = await show(world, code, 'admin');
  const text = lines.join('\n');
  assert.match(text, /verdict +refuse by spf/);
  assert.match(text, /cost +mail [\d.]+ ms, .*message [\d.]+ ms/);
  assert.match(text, /change +Would have reached the inbox if SPF of fail\.example had passed\./);
  assert.match(
    text,
    /change +Would have reached the inbox if the check spf were at note, and not at refuse\./,
  );
  assert.equal(wouldChange?.asThen, true);
  for (const change of wouldChange.changes) assert.notEqual(change.action, 'refuse');
});

test('P-17: the sender hears what he can do, and no rule, score or threshold', async () => {
  const { world, code } = await refused({ zone }, 'a@fail.example');
  const { lines, record, wouldChange } = await show(world, code, 'sender');
  assert.match(lines.join('\n'), /Name 203\.0\.113\.5 in the SPF record of fail\.example/);
  assert.doesNotMatch(lines.join('\n'), /score|point|\bat (note|refuse|junk)\b|threshold/);
  assert.deepEqual([record, wouldChange], [null, null]);
  await world.store.settings.set('policy.spf.action', 'defer', 0);
  assert.equal(
    (await show(world, code, 'sender')).lines.length,
    2,
    'what is judged otherwise now is not told',
  );
});

test('P-17: where points decided, envelope and authentication are told as remedies, without points', async () => {
  const settings = { 'policy.refuse_score': 3, 'policy.greylisting': false };
  const { world, code } = await refused({ zone: nameless, settings }, 'a@good.example');
  for (const [name, value] of Object.entries(settings)) await world.store.settings.set(name, value, 0);
  const sender = (await show(world, code, 'sender')).lines.join('\n');
  assert.match(sender, /Publish a reverse name \(PTR\) for 203\.0\.113\.5/);
  assert.doesNotMatch(sender, /score|points?\b|iprev/);
  assert.match((await show(world, code, 'admin')).lines.join('\n'), /if it had 1 point less\./);
  await world.store.settings.set('policy.refuse_score', undefined, 1);
  await world.store.settings.set('policy.greylisting', true, 1);
  const admin = (await show(world, code, 'admin')).lines.join('\n');
  assert.match(admin, /Settings have changed since: now it would have reached the inbox/);
  assert.equal((await show(world, code, 'sender')).lines.length, 2, 'nothing is said of what is no more so');
});

test('P-17: where a list or content had a part, the sender is told nothing to feel his way by', async () => {
  const { world, code } = await refused({ zone }, 'a@fail.example');
  const found = await world.store.traces.get(code);
  assert.ok(found.ok);
  const listed = {
    ...found.value,
    facts: {
      ...found.value.facts,
      linkLists: [{ list: 'surbl', title: 'SURBL', outcome: 'listed', hits: [], share: 1 }],
    },
    verdict: { ...found.value.verdict, by: 'score', text: 'refused by the policy of this server' },
  };
  world.store.traces.add(listed);
  await world.store.settings.set('policy.refuse_score', 5, 0);
  await world.store.settings.set('policy.spf.action', 'score', 0);
  await world.store.settings.set('policy.surbl.action', 'score', 0);
  const { lines } = await show(world, code, 'sender');
  assert.equal(lines.length, 2, lines.join('\n'));
});

test('the recipient hears it in plain words, without addresses of machines or settings', async () => {
  const settings = { 'policy.spf.action': 'junk' };
  const world = await intakeWorld({ policy: { zone, settings } });
  await world.store.settings.set('policy.spf.action', 'junk', 0);
  await send(world, { mail: mailFrom('a@fail.example'), message: 'From: a@fail.example\r\n\r\nhello\r\n' });
  const list = await world.store.traces.list({}, undefined, 1);
  assert.ok(list.ok);
  const { lines } = await show(world, list.value.items[0]?.id ?? '', 'recipient');
  const text = lines.join('\n');
  assert.match(text, /would have come to your inbox if SPF of fail\.example had passed/);
  assert.doesNotMatch(text, /203\.0\.113\.5|score|policy|\bat note\b/);
});

test('what was refused before it was sent would have been let on, and nothing more is claimed', async () => {
  const world = await intakeWorld({ policy: { zone } });
  const transaction = await begin(world, context('mx'), mailFrom('a@missing.example'));
  const taken = await transaction.recipient(address('user@example.test'));
  assert.ok(!taken.ok);
  await transaction.abandon('QUIT');
  const { wouldChange } = await show(world, codeIn(taken.reply.text), 'admin');
  const actions = new Set(wouldChange?.changes.map(({ action }) => action));
  assert.ok(actions.has('let-on') && !actions.has('accept') && !actions.has('junk'), [...actions].join());
});

test('what a check that asks nobody stopped says how many were not asked', async () => {
  const world = await intakeWorld({ policy: { zone } });
  const message = 'From: a@fail.example, b@good.example\r\n\r\nhello\r\n';
  const [answer] = await send(world, { mail: mailFrom('a@good.example'), message });
  assert.ok(answer?.ok === false);
  const { lines, wouldChange } = await show(world, codeIn(answer.reply.text), 'admin');
  const open = wouldChange?.changes.find(({ words }) => words.startsWith('the check author were at note'));
  assert.ok(Array.isArray(open?.unasked) && open.unasked.includes('dmarc'), lines.join('\n'));
  assert.match(lines.join('\n'), /checks would have found was not asked then/);
});

test('what no setting of policy decided says so, and its sender what helps', async () => {
  const world = await intakeWorld({ policy: { zone } });
  const transaction = await begin(world, context('mx'), mailFrom('a@good.example'));
  const taken = await transaction.recipient(address('victim@elsewhere.example'));
  assert.ok(!taken.ok);
  await transaction.abandon('QUIT');
  const code = codeIn(taken.reply.text);
  assert.match((await show(world, code, 'admin')).lines.join('\n'), /No setting of policy .*"relay" decided/);
  assert.match((await show(world, code, 'sender')).lines.join('\n'), /Log in on the submission port/);
});

test('an exception for a domain that nobody asked about proves nobody', async () => {
  const world = await intakeWorld({ policy: { zone } });
  const transaction = await begin(world, context('mx'), mailFrom('a@missing.example'));
  const taken = await transaction.recipient(address('user@example.test'));
  assert.ok(!taken.ok);
  await transaction.abandon('QUIT');
  await world.store.settings.set('policy.sender_domain.except', ['missing.example'], 0);
  assert.equal((await show(world, codeIn(taken.reply.text), 'admin')).wouldChange?.asThen, true);
});

test('N-3: mail of a stage is explained by the settings of its stage', async () => {
  const settings = { 'policy.spf.action': 'junk' };
  const world = await intakeWorld({ policy: { zone, settings } });
  await send(world, { mail: mailFrom('a@fail.example'), message: 'From: a@fail.example\r\n\r\nhello\r\n' });
  const list = await world.store.traces.list({}, undefined, 1);
  const record = list.ok ? list.value.items[0] : undefined;
  assert.ok(record !== undefined);
  const trial = { id: '3', share: 10, before: 'refuse', after: 'junk' };
  world.store.traces.add({ ...record, facts: { ...record.facts, trial } });
  const book = { find: (id: string) => (id === '3' ? { changes: settings } : undefined) };
  assert.equal((await show(world, record.id, 'admin', { book })).wouldChange?.asThen, true);
  const gone = { book: { find: () => undefined } };
  assert.equal((await show(world, record.id, 'admin', gone)).wouldChange?.asThen, false);
});

test('a record whose facts another version wrote is shown, and nothing is claimed of it', async () => {
  const { world, code } = await refused({ zone }, 'a@fail.example');
  const found = await world.store.traces.get(code);
  assert.ok(found.ok);
  for (const odd of [null, 5, 'x', [], {}]) {
    const facts = Object.fromEntries(Object.keys(found.value.facts).map((name) => [name, odd]));
    world.store.traces.add({ ...found.value, facts });
    for (const audience of ['recipient', 'sender']) await show(world, code, audience);
    const { lines } = await show(world, code, 'admin');
    assert.doesNotMatch(lines.join('\n'), /No setting of policy/);
  }
});
