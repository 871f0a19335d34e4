import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeResolver } from '#platform/fake-resolver.ts';
import { TrialBook } from '#policy/trials/trial-book.ts';
import type { TraceRecord } from '#trace/record.ts';
import { address, begin, context, intakeWorld, mailFrom, send } from './intake.fixture.ts';
import type { IntakeWorld } from './intake.fixture.ts';

const zone = {
  '.': { NS: ['a.root-servers.net'] },
  '5.113.0.203.in-addr.arpa': { PTR: ['client.example'] },
  'client.example': { A: ['203.0.113.5'] },
  'good.example': { MX: ['10 client.example'], TXT: ['v=spf1 ip4:203.0.113.5 -all'] },
  'fail.example': { MX: ['10 client.example'], TXT: ['v=spf1 -all'] },
  'soft.example': { MX: ['10 client.example'], TXT: ['v=spf1 ~all'] },
};

async function world(changes: Readonly<Record<string, unknown>>, settings: object = {}) {
  const resolver = createFakeResolver(zone);
  let asked = 0;
  let book: TrialBook | undefined;
  const made = await intakeWorld({
    policy: {
      zone,
      settings: { 'policy.greylisting': false, ...settings },
      resolver: {
        ask(name, type, signal) {
          asked += 1;
          return resolver.ask(name, type, signal);
        },
      },
      trials: (clock, live) => {
        book = new TrialBook({ clock, settings: live, changed: () => undefined, stopped: () => undefined });
        return book;
      },
    },
  });
  assert.ok(book !== undefined);
  const trial = Object.keys(changes).length === 0 ? undefined : book.start(changes, 86_400_000);
  assert.ok(trial !== 'full');
  return { made, book, id: trial?.id ?? '', asked: () => asked };
}

async function mail(to: IntakeWorld, domain: string): Promise<boolean> {
  const from = `a@${domain}`;
  const [answer] = await send(to, { mail: mailFrom(from), message: `From: ${from}\r\n\r\nhello\r\n` });
  return answer?.ok === true;
}

async function newest({ store }: IntakeWorld): Promise<TraceRecord> {
  const list = await store.traces.list({}, undefined, 1);
  const record = list.ok ? list.value.items[0] : undefined;
  assert.ok(record !== undefined);
  return record;
}

test('N-3: a shadow changes nothing that happens, and tells what it would have done, by trace', async () => {
  const { made, book, id } = await world({ 'policy.spf.action': 'note', 'policy.junk_score': 2 });
  assert.equal(await mail(made, 'fail.example'), false);
  const { id: trace, facts } = await newest(made);
  assert.deepEqual(facts['trial'], { id, before: 'refuse', after: 'accept' });
  await made.clock.advance(1);
  assert.equal(await mail(made, 'soft.example'), true);
  await made.clock.advance(1);
  assert.equal(await mail(made, 'good.example'), true);
  assert.equal('trial' in (await newest(made)).facts, false, 'where nothing differs nothing is said');
  const tally = book.find(id)?.tally;
  assert.equal(tally?.judged, 3);
  assert.deepEqual(tally?.differences, { 'refuse → accept': 1 });
  assert.equal(tally?.seen[0]?.trace, trace);
});

test('a shadow asks nobody: as many questions with it as without', async () => {
  const without = await world({});
  const beside = await world({ 'policy.spf_strict.action': 'refuse', 'policy.iprev.action': 'refuse' });
  for (const { made } of [without, beside]) await mail(made, 'soft.example');
  assert.ok(without.asked() > 0);
  assert.equal(beside.asked(), without.asked());
});

test('a check that is off is judged by facts that others found', async () => {
  const { made, book, id } = await world(
    { 'policy.spf_strict.action': 'refuse' },
    { 'policy.spf.action': 'score' },
  );
  assert.equal(await mail(made, 'fail.example'), true);
  assert.deepEqual(book.find(id)?.tally.differences, { 'accept → refuse': 1 });
});

test('an envelope that is refused for many recipients counts once', async () => {
  const { made, book, id } = await world({ 'policy.sender_domain.action': 'note' });
  const transaction = await begin(made, context('mx'), mailFrom('a@missing.example'));
  for (const to of ['user@example.test', 'other@example.test']) {
    const taken = await transaction.recipient(address(to));
    assert.equal(taken.ok, false);
  }
  await transaction.abandon('QUIT');
  assert.deepEqual(book.find(id)?.tally.differences, { 'refuse → let-on': 1 });
});

test('mail to the postmaster, let on in spite of a refusal, counts once too', async () => {
  const { made, book, id } = await world({ 'policy.sender_domain.action': 'note' });
  const transaction = await begin(made, context('mx'), mailFrom('a@missing.example'));
  assert.equal((await transaction.recipient(address('user@example.test'))).ok, false);
  assert.ok((await transaction.recipient(address('postmaster@example.test'))).ok);
  await transaction.write(Buffer.from('From: a@missing.example\r\n\r\nhello\r\n'));
  const [answer] = await transaction.finish({ bareCr: false, bareLf: false, nul: false });
  assert.ok(answer?.ok);
  assert.equal(book.find(id)?.tally.judged, 1);
});

test('N-3: in a stage the settings hold for its share, and the trace says so and what would have been', async () => {
  const { made, book, id } = await world({ 'policy.spf.action': 'note' });
  book.stage(id, { share: 100, everyMs: 3_600_000, keptOutPercentMax: 1 });
  assert.equal(await mail(made, 'fail.example'), true);
  assert.deepEqual((await newest(made)).facts['trial'], {
    id,
    share: 100,
    before: 'refuse',
    after: 'accept',
  });
});

test('N-3: a stage that refuses what would have been delivered is taken back, and mail goes on as before', async () => {
  const { made, book, id } = await world({ 'policy.junk_score': 1, 'policy.refuse_score': 1 });
  book.stage(id, { share: 100, everyMs: 3_600_000, keptOutPercentMax: 1 });
  const taken: boolean[] = [];
  for (let n = 0; n < 7; n += 1) {
    taken.push(await mail(made, 'soft.example'));
    await made.clock.advance(1);
  }
  assert.deepEqual(taken, [false, false, false, false, false, true, true]);
  assert.equal(book.find(id)?.state, 'stopped');
});
