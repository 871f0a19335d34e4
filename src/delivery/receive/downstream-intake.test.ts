import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatAddress } from '#mail/address.ts';
import type { RecipientAnswer } from '#delivery/downstream/downstream-recipients.ts';
import type { ZoneTable } from '#platform/fake-resolver.ts';
import type { TraceRecord } from '#trace/record.ts';
import { address, begin, context, intakeWorld, mailFrom } from './intake.fixture.ts';
import type { IntakeWorld, PolicyOptions } from './intake.fixture.ts';
import type { TransactionContext } from './intake.ts';
import type { IntakeSettings } from './intake-settings.ts';

const inner = { host: '10.0.0.7', port: 25, tls: 'opportunistic' } as const;

interface Behind {
  readonly answers?: (local: string) => RecipientAnswer;
  readonly settings?: Partial<IntakeSettings>;
  readonly policy?: PolicyOptions;
  /** A local part that was asked for before. */
  readonly remembered?: string;
}

const onlyBoss = (local: string): RecipientAnswer =>
  local.toLowerCase() === 'boss'
    ? { kind: 'known', isCached: false, isCatchAll: false }
    : { kind: 'unknown', isCached: false, said: '550 5.1.1 nobody' };

/** `example.test` has a server behind this one; two accounts of it are here. */
async function behind({ answers = onlyBoss, settings = {}, policy, remembered }: Behind = {}) {
  const asked: string[] = [];
  const downstream = {
    ask: async (_host: unknown, recipient: Parameters<typeof formatAddress>[0]) => {
      asked.push(formatAddress(recipient));
      return answers(recipient.local);
    },
    remembered: (_host: unknown, { local }: { readonly local: string }) =>
      local === remembered ? answers(local) : undefined,
  };
  const made = await intakeWorld({
    settings,
    also: { downstream },
    ...(policy === undefined ? {} : { policy }),
  });
  const domain = address('x@example.test').domain as never;
  const record = await made.store.domains.get(domain);
  assert.ok(record.ok);
  const changed = await made.store.domains.change(domain, { downstream: inner }, record.value.version);
  assert.ok(changed.ok);
  return { made, asked };
}

async function rcpt(made: IntakeWorld, to: string, who: TransactionContext = context('mx')) {
  const transaction = await begin(made, who, mailFrom('stranger@example.org'));
  const answer = await transaction.recipient(address(to));
  return { transaction, told: answer.ok ? 'ok' : `${answer.reply.code} ${answer.reply.status}` };
}

async function sent(made: IntakeWorld, to: string) {
  const { transaction, told } = await rcpt(made, to);
  assert.equal(told, 'ok', to);
  await transaction.write(Buffer.from('From: stranger@example.org\r\n\r\nhi\r\n'));
  const [answer] = await transaction.finish({ bareCr: false, bareLf: false, nul: false });
  assert.ok(answer?.ok);
  return made.leases.at(-1)?.entry.recipients;
}

async function lastTrace({ store }: IntakeWorld): Promise<TraceRecord> {
  const list = await store.traces.list({}, undefined, 1);
  const record = list.ok ? list.value.items[0] : undefined;
  assert.ok(record !== undefined);
  return record;
}

test('what the server behind has is taken for it, what it has not is refused at RCPT (I-88)', async () => {
  const { made, asked } = await behind();
  const recipients = await sent(made, 'boss@example.test');
  assert.deepEqual(recipients?.[0]?.route, { kind: 'remote', domain: 'example.test' });
  const step = (await lastTrace(made)).steps.find(({ check }) => check === 'downstream');
  assert.deepEqual([step?.outcome, step?.evidence['host']], ['pass', '10.0.0.7:25']);
  assert.equal((await rcpt(made, 'nobody@example.test')).told, '550 5.1.1');
  assert.deepEqual(asked, ['boss@example.test', 'nobody@example.test']);
});

test('accounts and aliases here come first, and nobody is asked for them', async () => {
  const { made, asked } = await behind();
  const alias = await made.store.aliases.create(
    address('all@example.test'),
    [address('boss@example.test')],
    false,
  );
  assert.ok(alias.ok);
  assert.equal((await sent(made, 'user@example.test'))?.[0]?.route.kind, 'local');
  assert.deepEqual((await sent(made, 'all@example.test'))?.[0]?.address, address('boss@example.test'));
  assert.deepEqual(asked, []);
});

test('nobody is asked for domains of others, whoever wants to send there', async () => {
  const { made, asked } = await behind();
  assert.equal((await rcpt(made, 'boss@example.org')).told, '550 5.7.1');
  assert.deepEqual(asked, []);
});

test('while it cannot be asked, mail is put off, or taken where that was chosen; postmaster always', async () => {
  const answers = (): RecipientAnswer => ({ kind: 'unsure', why: 'connection refused' });
  const deferring = await behind({ answers });
  assert.equal((await rcpt(deferring.made, 'boss@example.test')).told, '451 4.4.1');
  assert.equal((await rcpt(deferring.made, 'postmaster@example.test')).told, 'ok');
  const accepting = await behind({ answers, settings: { downstreamUnreachable: 'accept' } });
  assert.equal((await sent(accepting.made, 'boss@example.test'))?.length, 1);
  const step = (await lastTrace(accepting.made)).steps.find(({ check }) => check === 'downstream');
  assert.equal(step?.outcome, 'error');
  assert.match(step?.reason ?? '', /could not be asked: connection refused/);
});

test('a reserved name that it does not have goes to the administrators here (S-03)', async () => {
  const { made } = await behind();
  const recipients = await sent(made, 'abuse@example.test');
  assert.deepEqual(recipients?.[0]?.route, { kind: 'local', account: made.user, detail: undefined });
});

test('forms that the server behind might follow further never reach it, nor a question for them (P-09)', async () => {
  const { made, asked } = await behind({
    answers: () => ({ kind: 'known', isCached: false, isCatchAll: true }),
  });
  for (const to of [
    'victim%example.org@example.test',
    'example.org!victim@example.test',
    '"victim@example.org"@example.test',
    '"@example.org:victim"@example.test',
  ])
    assert.equal((await rcpt(made, to)).told, '550 5.7.1', to);
  assert.deepEqual(asked, []);
});

test('nothing is asked on behalf of a client that is refused anyway', async () => {
  const zone: ZoneTable = { '5.113.0.203.in-addr.arpa': { PTR: ['x.example'] } };
  const settings = { 'policy.iprev.action': 'refuse' };
  const { made, asked } = await behind({ policy: { zone, settings } });
  assert.match((await rcpt(made, 'boss@example.test')).told, /^550 5\.7\.25/);
  assert.deepEqual(asked, []);
});

test('guessing names is noticed as for any other address, and the server behind is spared the rest', async () => {
  const { made, asked } = await behind({ policy: { zone: {}, settings: {} } });
  const answers: string[] = [];
  for (let count = 0; count < 60; count += 1)
    answers.push((await rcpt(made, `guess${count}@example.test`)).told);
  assert.ok(answers.some((told) => told !== '550 5.1.1'));
  assert.equal(asked.length, answers.filter((told) => told === '550 5.1.1').length + 1);
  // Those who can mend it are still to be had (S-03).
  assert.equal((await rcpt(made, 'postmaster@example.test')).told, 'ok');
});

test('who was taken for one that guesses names is heard again when it names enough that are known', async () => {
  const { made, asked } = await behind({ policy: { zone: {}, settings: {} }, remembered: 'boss' });
  for (let count = 0; count < 40; count += 1) await rcpt(made, `guess${count}@example.test`);
  const guesses = asked.length;
  const answers: string[] = [];
  for (let count = 0; count < 30; count += 1) answers.push((await rcpt(made, 'boss@example.test')).told);
  assert.deepEqual([answers.at(0), answers.at(-1)], ['451 4.7.1', 'ok']);
  assert.equal((await rcpt(made, 'another@example.test')).told, '550 5.1.1');
  assert.ok(asked.length > guesses);
});
