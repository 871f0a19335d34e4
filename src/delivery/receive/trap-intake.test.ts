import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listsFor } from '#policy/lists/lists.fixture.ts';
import type { FixtureLists } from '#policy/lists/lists.fixture.ts';
import type { ZoneTable } from '#platform/fake-resolver.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeRandom } from '#platform/fake-random.ts';
import { createFakeResolver } from '#platform/fake-resolver.ts';
import { createMemoryStore } from '#store/memory/memory-store.ts';
import { context, intakeWorld, mailFrom, send } from './intake.fixture.ts';
import type { IntakeWorld, Sending } from './intake.fixture.ts';

const zone: ZoneTable = {
  '.': { NS: ['a.root-servers.net'] },
  '5.113.0.203.in-addr.arpa': { PTR: ['client.example'] },
  'client.example': { A: ['203.0.113.5'] },
  'example.org': { MX: ['10 client.example'], TXT: ['v=spf1 ip4:203.0.113.5 -all'] },
  '_dmarc.example.org': { TXT: ['v=DMARC1; p=none'] },
  'forged.example': { MX: ['10 client.example'] },
};

interface TrapWorld extends IntakeWorld {
  readonly lists: FixtureLists;
}

async function world(given: ZoneTable = zone): Promise<TrapWorld> {
  const clock = createFakeClock();
  const { settings } = createMemoryStore({ clock, random: createFakeRandom(2) });
  const resolver = createFakeResolver(given);
  const feedRules = { traps: ['sold@example.test', '*.old@example.test', 'other@example.test'] };
  const lists = listsFor({ clock, resolver, settings, feedRules });
  const made = await intakeWorld({
    policy: { zone: given, settings: { 'policy.greylisting': false }, lists: () => lists },
    also: { feed: lists.feed },
  });
  return { ...made, lists };
}

function letter(from: string, more = ''): string {
  return `From: ${from}\r\n${more}Subject: hi\r\n\r\nhello\r\n`;
}

async function told(made: TrapWorld, from: string, sending: Sending = {}): Promise<string> {
  const [answer] = await send(made, {
    to: ['sold@example.test'],
    mail: mailFrom(from),
    message: letter(from === '' ? 'mailer@forged.example' : from),
    ...sending,
  });
  assert.ok(answer !== undefined);
  return answer.ok ? 'taken' : `${answer.reply.code} ${answer.reply.status}`;
}

const listed = ({ lists }: TrapWorld) => lists.local.list('block').map(({ subject }) => subject.value);

test('P-25: mail to a trap is judged, refused as for an address that nobody has, and lists its client', async () => {
  const made = await world();
  for (let count = 0; count < 3; count += 1)
    assert.equal(await told(made, 'a@forged.example'), '550 5.1.1', 'no silent loss');
  assert.deepEqual(listed(made), ['203.0.113.5/32']);
  assert.equal(made.leases.length, 0);
  const traces = await made.store.traces.list({}, undefined, 10);
  const records = traces.ok ? traces.value.items : [];
  assert.ok(records[0]?.steps.some(({ check }) => check === 'trap'));
  const named = String(made.lists.local.list('block')[0]?.evidence?.['traces']).split(' ');
  assert.deepEqual(named.toSorted(), records.map(({ id }) => id as string).toSorted(), 'its evidence');
});

test('P-25: a trap beside a real recipient costs that one nothing; a trap that is somebody’s is delivered', async () => {
  const made = await world();
  const both = ['user@example.test', 'x.old@example.test'];
  assert.equal(await told(made, 'a@forged.example', { to: both }), 'taken');
  assert.deepEqual(
    made.leases.map(({ entry }) => entry.recipients.length),
    [1],
  );
  assert.equal(await told(made, 'a@forged.example', { to: ['other@example.test'] }), 'taken');
  assert.equal(await told(made, 'a@forged.example'), '550 5.1.1');
  assert.deepEqual(listed(made), ['203.0.113.5/32']);
});

test('P-25: a bounce to a forged sender and an automatic answer are no evidence', async () => {
  const made = await world();
  for (let count = 0; count < 4; count += 1) {
    assert.equal(await told(made, ''), '550 5.1.1');
    const message = letter('a@example.org', 'Auto-Submitted: auto-replied (vacation)\r\n');
    assert.equal(await told(made, 'a@example.org', { message }), '550 5.1.1');
  }
  assert.deepEqual(listed(made), []);
  const honest = letter('a@forged.example', 'Auto-Submitted: no\r\n');
  for (let count = 0; count < 3; count += 1) await told(made, 'a@forged.example', { message: honest });
  assert.deepEqual(listed(made), ['203.0.113.5/32']);
});

test('P-25: a domain that sends wanted mail is not listed, though a trap was signed up for its newsletter', async () => {
  const made = await world();
  assert.equal(await told(made, 'a@example.org', { to: ['user@example.test'] }), 'taken');
  for (let count = 0; count < 9; count += 1) await told(made, 'news@example.org');
  assert.deepEqual(listed(made), []);
});

test('P-25: whoever cannot prove a name does not hide behind it', async () => {
  const made = await world({ ...zone, 'example.org': { MX: ['10 client.example'] } });
  await told(made, 'a@example.org', { to: ['user@example.test'] });
  for (let count = 0; count < 3; count += 1) await told(made, 'a@example.org');
  assert.deepEqual(listed(made), ['203.0.113.5/32']);
});

test('P-25: a proven author without wanted mail is listed beside the client', async () => {
  const made = await world();
  for (let count = 0; count < 3; count += 1) await told(made, 'a@example.org');
  assert.deepEqual(listed(made).toSorted(), ['203.0.113.5/32', 'a@example.org']);
});

test('P-25: exempt clients and mail of our own users feed nothing; LMTP and submission know no traps', async () => {
  const made = await world();
  const exempt = { ...context('mx'), exempt: new Set(['rate'] as const) };
  for (let count = 0; count < 4; count += 1) await told(made, 'a@forged.example', { who: exempt });
  assert.deepEqual(listed(made), []);
  const transaction = await made.intake.begin(
    context('submission', made.user),
    mailFrom('user@example.test'),
  );
  assert.ok(transaction.ok);
  const answer = await transaction.value.recipient({ local: 'sold', domain: 'example.test' as never });
  assert.ok(!answer.ok && answer.reply.status === '5.1.1');
  await transaction.value.abandon('QUIT');
});

test('P-25: a trap of a domain that is not ours is no way to relay', async () => {
  const made = await world();
  const begun = await made.intake.begin(context('mx'), mailFrom('a@forged.example'));
  assert.ok(begun.ok);
  const answer = await begun.value.recipient({ local: 'x.old', domain: 'else.example' as never });
  assert.ok(!answer.ok && answer.reply.status === '5.7.1');
  await begun.value.abandon('QUIT');
});
