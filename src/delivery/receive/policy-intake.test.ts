import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Address } from '#mail/address.ts';
import type { TraceRecord } from '#trace/record.ts';
import type { ZoneTable } from '#platform/fake-resolver.ts';
import { address, begin, clean, context, intakeWorld, mailFrom, queuedText, send } from './intake.fixture.ts';
import type { IntakeWorld, Sending, WorldOptions } from './intake.fixture.ts';

/** A sender with everything in order; it says by SPF who may send for it. */
const goodZone: ZoneTable = {
  '.': { NS: ['a.root-servers.net'] },
  '5.113.0.203.in-addr.arpa': { PTR: ['client.example'] },
  'client.example': { A: ['203.0.113.5'] },
  'example.org': { MX: ['10 client.example'], TXT: ['v=spf1 ip4:203.0.113.5 -all'] },
};

const ungreyed = { 'policy.greylisting': false };

async function lastTrace({ store }: IntakeWorld): Promise<TraceRecord> {
  const list = await store.traces.list({}, undefined, 1);
  const record = list.ok ? list.value.items[0] : undefined;
  assert.ok(record !== undefined);
  return record;
}

async function sent(options: WorldOptions, sending: Sending = {}) {
  const world = await intakeWorld(options);
  const [answer] = await send(world, sending);
  assert.ok(answer !== undefined);
  return { world, answer, trace: await lastTrace(world) };
}

test('mail of an honest server is taken, with our results in front and every step on record', async () => {
  const { world, answer, trace } = await sent({ policy: { zone: goodZone } });
  assert.ok(answer.ok, JSON.stringify(answer));
  const judged = world.leases[0]?.entry.judged;
  assert.equal(judged?.junk, false);
  assert.match(judged?.fields ?? '', /^Authentication-Results: mx\.example\.test;\r\n iprev=pass/);
  assert.match(judged?.fields ?? '', /spf=pass smtp\.mailfrom=example\.org/);
  const steps = trace.steps.map(({ check, outcome }) => `${check} ${outcome}`);
  for (const step of ['iprev pass', 'helo-address pass', 'sender-domain pass', 'spf pass', 'author pass'])
    assert.ok(steps.includes(step), `${step} in ${steps.join(', ')}`);
  assert.ok(trace.asked.some(({ name, type }) => name === 'example.org' && type === 'MX'));
  assert.equal(trace.verdict.action, 'accept');
});

test('without a DNS mail is taken all the same, and the record says what could not be asked', async () => {
  for (const failure of ['servfail', 'timeout', 'budget'] as const) {
    const resolver = { ask: () => Promise.resolve({ ok: false, error: failure } as const) };
    const { answer, trace } = await sent({ policy: { zone: {}, resolver } });
    assert.ok(answer.ok, JSON.stringify(answer));
    const unknown = trace.steps.filter(({ outcome }) => outcome === 'error').map(({ check }) => check);
    assert.deepEqual(unknown, ['iprev', 'helo-address', 'sender-domain', 'spf', 'spf-helo', 'dmarc']);
    assert.ok(trace.steps.every(({ outcome }) => outcome !== 'finding'));
  }
});

test('P-28: a resolver that never answers holds a message up for less than ten seconds', async () => {
  const world = await intakeWorld({
    policy: { zone: {}, resolver: { ask: () => new Promise(() => undefined) } },
  });
  const startMs = world.clock.monotonic();
  const sending = send(world);
  const state = { done: false };
  void sending.finally(() => (state.done = true));
  while (!state.done) await world.clock.advance(100);
  const [answer] = await sending;
  assert.ok(answer?.ok);
  assert.ok(world.clock.monotonic() - startMs < 10_000);
  assert.equal(world.clock.sleeping, 1, 'only the timer of answers is left');
});

test('an exempt network is asked nothing about; its syntax is judged all the same', async () => {
  const zone: ZoneTable = {};
  const who = { ...context('mx'), exempt: new Set(['dns'] as const) };
  const { answer, trace } = await sent({ policy: { zone } }, { who });
  assert.ok(answer.ok);
  assert.deepEqual(trace.asked, []);
  assert.ok(trace.steps.some(({ check, outcome }) => check === 'dns' && outcome === 'skipped'));
  const refused = await sent({ policy: { zone } }, { who, message: 'Subject: no author\r\n\r\nx\r\n' });
  assert.ok(!refused.answer.ok);
  assert.match(refused.answer.reply.text, /From/);
  assert.equal(refused.answer.reply.status, '5.6.0');
});

test('submission and LMTP are not judged by the checks of the connecting host (S-01)', async () => {
  const world = await intakeWorld({ policy: { zone: {} } });
  const submitted = await send(world, {
    who: context('submission', world.user),
    mail: mailFrom('user@example.test'),
    message: 'From: user@example.test\r\n\r\nx\r\n',
  });
  assert.ok(submitted[0]?.ok);
  const handed = await send(world, { who: context('lmtp') });
  assert.ok(handed[0]?.ok);
  assert.equal(
    world.leases.every(({ entry }) => entry.judged === undefined),
    true,
  );
});

test('a sender whose domain does not exist is refused at RCPT, by whom it was for; postmaster is reached', async () => {
  const world = await intakeWorld({ policy: { zone: goodZone } });
  const transaction = await begin(world, context('mx'), mailFrom('a@nowhere.example'));
  const refused = await transaction.recipient(address('user@example.test'));
  assert.ok(!refused.ok);
  assert.equal(refused.reply.code, 550);
  assert.equal(refused.reply.status, '5.1.8');
  assert.match(
    refused.reply.text,
    /nowhere\.example \(sender-domain: client 203\.0\.113\.5, EHLO client\.example\) \[T:[0-9A-Z]{26}\]$/,
  );
  const reached = await transaction.recipient(address('postmaster@example.test'));
  assert.ok(reached.ok);
  await transaction.abandon('QUIT');
  const trace = await lastTrace(world);
  assert.equal(trace.verdict.by, 'sender-domain');
  assert.deepEqual(
    trace.envelope?.to.map(({ address: to, outcome }) => [to, outcome]),
    [
      ['user@example.test', '5.1.8'],
      ['postmaster@example.test', 'accepted'],
    ],
  );
});

test('nobody is asked on behalf of a client that names nobody of ours', async () => {
  const asked: string[] = [];
  const resolver = {
    ask: (name: string) => Promise.resolve((asked.push(name), { ok: false, error: 'nxdomain' } as const)),
  };
  const world = await intakeWorld({ policy: { zone: {}, resolver } });
  const transaction = await begin(world, context('mx'), mailFrom('a@example.org'));
  assert.ok(!(await transaction.recipient(address('nobody@example.test'))).ok);
  assert.ok(!(await transaction.recipient(address('a@elsewhere.example'))).ok);
  assert.deepEqual(asked, []);
});

test('I-48: forged results of ours are taken out of the header, foreign ones stay', async () => {
  const message =
    'Authentication-Results: mx.example.test; dmarc=pass\r\nAuthentication-Results: other.example; spf=pass\r\nX-Postern-Verdict: fine\r\nFrom: stranger@example.org\r\n\r\nhello\r\n';
  const { world } = await sent({ policy: { zone: goodZone } }, { message });
  const text = queuedText(world);
  assert.ok(!text.includes('mx.example.test; dmarc'));
  assert.ok(!text.includes('X-Postern-Verdict'));
  assert.ok(text.includes('other.example; spf=pass'));
});

test('I-37, C-6: an SPF fail that nobody vouches for is refused in the domain’s own words, cleaned', async () => {
  const zone: ZoneTable = {
    ...goodZone,
    'example.org': { MX: ['10 client.example'], TXT: ['v=spf1 -all exp=why.example.org'] },
    'why.example.org': { TXT: ['%{i} is not ours'] },
  };
  const { answer, trace } = await sent({ policy: { zone } });
  assert.ok(!answer.ok);
  assert.equal(answer.reply.status, '5.7.23');
  assert.match(
    answer.reply.text,
    /example\.org does not allow 203\.0\.113\.5.*example\.org says: 203\.0\.113\.5 is not ours \[T:/,
  );
  assert.equal(trace.verdict.by, 'spf');
  const policy: ZoneTable = { ...zone, '_dmarc.example.org': { TXT: ['v=DMARC1; p=quarantine'] } };
  const junked = await sent({ policy: { zone: policy, settings: ungreyed } });
  assert.ok(junked.answer.ok);
  assert.equal(junked.trace.verdict.action, 'quarantine');
  assert.equal(junked.world.leases[0]?.entry.judged?.junk, true);
});

test('P-18: our domain in MAIL FROM or From from outside needs proof', async () => {
  const zone: ZoneTable = { ...goodZone, 'example.test': { TXT: ['v=spf1 ip4:192.0.2.25 -all'] } };
  const asSender = await sent({ policy: { zone } }, { mail: mailFrom('boss@example.test') });
  assert.ok(!asSender.answer.ok);
  assert.equal(asSender.trace.verdict.by, 'own-sender');
  const message = 'From: The Boss <boss@example.test>\r\n\r\npay\r\n';
  const asAuthor = await sent({ policy: { zone } }, { message });
  assert.ok(!asAuthor.answer.ok);
  assert.equal(asAuthor.trace.verdict.by, 'own-author');
  const list = `List-Id: <friends.example.org>\r\n${message}`;
  const listed = await sent({ policy: { zone, settings: ungreyed } }, { message: list });
  assert.ok(listed.answer.ok, 'our own user’s post comes back from a list');
  assert.equal(listed.trace.verdict.action, 'quarantine');
});

test('P-18: nobody greets with our name', async () => {
  for (const helo of ['mx.example.test', 'example.test', '[192.0.2.25]']) {
    const world = await intakeWorld({ policy: { zone: goodZone } });
    const transaction = await begin(world, { ...context('mx'), helo }, mailFrom('a@example.org'));
    const refused = await transaction.recipient(address('user@example.test'));
    assert.ok(!refused.ok, helo);
    assert.ok(refused.reply.text.includes(helo));
  }
});

test('C-12: suspicious mail of an unknown client is put off once; who comes again is let in and known', async () => {
  const zone: ZoneTable = { 'example.org': { MX: ['10 mail.example.org'], TXT: ['v=spf1 ~all'] } };
  const world = await intakeWorld({ policy: { zone } });
  const attempt = async () => (await send(world, { mail: mailFrom('a@example.org') }))[0];
  const first = await attempt();
  assert.ok(first?.ok === false);
  assert.equal(first.reply.code, 451);
  assert.equal(first.reply.status, '4.7.1');
  assert.equal((await lastTrace(world)).verdict.by, 'greylist');
  await world.clock.advance(4 * 60_000);
  assert.ok(!(await attempt())?.ok, 'too soon');
  await world.clock.advance(90_000);
  assert.ok((await attempt())?.ok, 'after five minutes');
  const other = { ...context('mx'), client: '203.0.113.99' };
  const [neighbour] = await send(world, { who: other, mail: mailFrom('b@example.org') });
  assert.ok(neighbour?.ok, 'the network is known');
});

test('the search for names is answered the same for all of them after a while', async () => {
  const world = await intakeWorld({ policy: { zone: goodZone } });
  const transaction = await begin(world, context('mx'), mailFrom('a@example.org'));
  const replies: number[] = [];
  for (let i = 0; i < 30; i += 1) {
    const answer = await transaction.recipient(address(`guess${i}@example.test`));
    assert.ok(!answer.ok);
    replies.push(answer.reply.code);
  }
  assert.deepEqual(new Set(replies.slice(0, 24)), new Set([550]));
  assert.deepEqual(new Set(replies.slice(24)), new Set([451]));
  assert.ok(
    !(await transaction.recipient(address('user@example.test'))).ok,
    'nothing is told of those who exist',
  );
});

test('a resolver that knows of no name at all is not believed: nobody is refused for it', async () => {
  const { answer, trace } = await sent({ policy: { zone: {}, settings: ungreyed } });
  assert.ok(answer.ok, JSON.stringify(answer));
  const step = trace.steps.find(({ check }) => check === 'sender-domain');
  assert.equal(step?.outcome, 'error');
});

test('P-17: one check in each of its modes, and with an exception', async () => {
  const zone: ZoneTable = { ...goodZone, 'example.org': { MX: ['10 client.example'], TXT: ['v=spf1 -all'] } };
  const within = { 'policy.junk_score': 4, 'policy.greylisting': false };
  for (const [action, code, verdict] of [
    ['off', 250, 'accept'],
    ['note', 250, 'accept'],
    ['score', 250, 'quarantine'],
    ['junk', 250, 'quarantine'],
    ['greylist', 451, 'defer'],
    ['defer', 451, 'defer'],
    ['refuse', 550, 'refuse'],
  ] as const) {
    const mode = { ...(action === 'greylist' ? {} : within), 'policy.spf.action': action };
    const { answer, trace } = await sent({ policy: { zone, settings: mode } });
    assert.equal(answer.ok ? 250 : answer.reply.code, code, action);
    assert.equal(trace.verdict.action, verdict, action);
    if (!answer.ok) assert.ok(answer.reply.status.startsWith(String(code).charAt(0)), 'one class in both');
  }
  for (const except of ['203.0.113.0/24', 'client.example']) {
    const settings = { ...within, 'policy.spf.action': 'refuse', 'policy.spf.except': [except] };
    const { answer, trace } = await sent({ policy: { zone, settings } });
    assert.ok(answer.ok, except);
    const step = trace.steps.find(({ check }) => check === 'spf');
    assert.deepEqual([step?.action, step?.evidence['excepted']], ['note', except]);
  }
});

test('I-35, C-5: of a bounce the HELO name is asked for, and it is not lost for that name alone', async () => {
  const zone: ZoneTable = { ...goodZone, 'client.example': { A: ['203.0.113.5'], TXT: ['v=spf1 -all'] } };
  const { answer, trace } = await sent({ policy: { zone, settings: ungreyed } }, { mail: mailFrom('') });
  assert.ok(answer.ok, JSON.stringify(answer));
  const step = trace.steps.find(({ check }) => check === 'spf');
  assert.deepEqual([step?.outcome, step?.action], ['finding', 'score']);
});

/** So many are a search for names. */
const searchMin = 25;

async function asks(world: IntakeWorld, to: string): Promise<string> {
  const transaction = await begin(world, context('mx'), mailFrom('stranger@example.org'));
  const answer = await transaction.recipient(address(to));
  await transaction.abandon('over');
  return answer.ok ? 'taken' : `${answer.reply.code} ${answer.reply.status}`;
}

test('P-17: who guesses names is put off; full mailboxes and tries to relay are no guesses', async () => {
  const world = await intakeWorld({ policy: { zone: goodZone }, quotaBytes: 0 });
  for (let i = 0; i < searchMin; i += 1) {
    assert.equal(await asks(world, 'user@example.test'), '452 4.2.2');
    assert.equal(await asks(world, `x${i}@elsewhere.example`), '550 5.7.1');
  }
  assert.equal(await asks(world, 'other@example.test'), 'taken');
  for (let i = 1; i < searchMin; i += 1) assert.equal(await asks(world, `x${i}@example.test`), '550 5.1.1');
  assert.equal(await asks(world, 'x@example.test'), '451 4.7.1');
  assert.equal(await asks(world, 'other@example.test'), '451 4.7.1');
});

test('trouble of the store is no guess at names', async () => {
  const trouble = { ok: false, error: { code: 'busy', detail: 'x' } } as never;
  const world = await intakeWorld({
    policy: { zone: goodZone },
    change: (store) => ({
      ...store,
      accounts: Object.assign(Object.create(store.accounts) as typeof store.accounts, {
        resolve: (to: Address) =>
          to.local.startsWith('x') ? Promise.resolve(trouble) : store.accounts.resolve(to),
      }),
    }),
  });
  for (let i = 0; i < 2 * searchMin; i += 1) assert.match(await asks(world, `x${i}@example.test`), /^4/);
  assert.equal(await asks(world, 'other@example.test'), 'taken');
});

test('a recipient that was taken before the guessing was seen gets the message', async () => {
  const world = await intakeWorld({ policy: { zone: goodZone, settings: ungreyed } });
  const transaction = await begin(world, context('mx'), mailFrom('stranger@example.org'));
  assert.ok((await transaction.recipient(address('user@example.test'))).ok);
  for (let i = 0; i < searchMin; i += 1) await transaction.recipient(address(`x${i}@example.test`));
  await transaction.write(Buffer.from('From: stranger@example.org\r\nSubject: hi\r\n\r\nhello\r\n'));
  const [answer] = await transaction.finish(clean);
  assert.ok(answer?.ok, JSON.stringify(answer));
});
