import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeEd25519Key, recordOf, signAs } from '#mailauth/dkim/sign-as.fixture.ts';
import type { Domain } from '#mail/domain.ts';
import type { ZoneTable } from '#platform/fake-resolver.ts';
import type { TraceRecord } from '#trace/record.ts';
import { address, context, intakeWorld, mailFrom, send } from './intake.fixture.ts';

/* P-18: our own organisation, impersonated from outside, and the honest ways that look alike. */

const ours = makeEd25519Key();
const theirs = makeEd25519Key();

/** `example.test` is ours and publishes what it should; `mailer.example` is a service, `lists.example` a list. */
const zone: ZoneTable = {
  '5.113.0.203.in-addr.arpa': { PTR: ['client.example'] },
  'client.example': { A: ['203.0.113.5'] },
  'example.test': { MX: ['10 mx.example.test'], TXT: ['v=spf1 ip4:192.0.2.25 -all'] },
  '_dmarc.example.test': { TXT: ['v=DMARC1; p=reject'] },
  's._domainkey.example.test': { TXT: [recordOf(ours)] },
  'mailer.example': { MX: ['10 client.example'], TXT: ['v=spf1 ip4:203.0.113.5 -all'] },
  's._domainkey.mailer.example': { TXT: [recordOf(theirs)] },
  'lists.example': { MX: ['10 client.example'], TXT: ['v=spf1 ip4:203.0.113.5 -all'] },
  'examp1e.test': { MX: ['10 client.example'], TXT: ['v=spf1 ip4:203.0.113.5 -all'] },
};

const letter = 'From: The Boss <ceo@example.test>\r\nTo: user@example.test\r\nSubject: pay\r\n\r\nnow\r\n';
const byUs = signAs(letter, { key: ours, tags: { d: 'example.test' } });
const byThem = signAs(letter, { key: theirs, tags: { d: 'mailer.example' } });
/** As a list sends it on: its own fields, and a footer that breaks what we signed. */
const fromList = `List-Id: Friends <friends.lists.example>\r\n${byUs}-- \r\nfriends\r\n`;

interface Given {
  readonly from: string;
  readonly message: string;
  readonly helo?: string;
  readonly senders?: readonly (readonly [domain: string, proof: string])[];
  readonly change?: ZoneTable;
}

interface Came {
  readonly what: string;
  readonly fields: string;
  readonly record: TraceRecord;
}

async function come({ from, message, helo, senders = [], change = {} }: Given): Promise<Came> {
  const named = senders.map(([domain, proof]) => ({ domain: domain as Domain, proof, reason: '' }));
  const settings = { 'policy.greylisting': false, 'policy.named_senders': named };
  const world = await intakeWorld({ policy: { zone: { ...zone, ...change }, settings } });
  const who = { ...context('mx'), helo: helo ?? 'client.example' };
  const [answer] = await send(world, { who, mail: mailFrom(from), message });
  const list = await world.store.traces.list({}, undefined, 1);
  const record = list.ok ? list.value.items[0] : undefined;
  assert.ok(answer !== undefined && record !== undefined);
  const { action, by } = record.verdict;
  const what = answer.ok ? action : `${answer.reply.code} ${by}`;
  return { what, fields: world.leases.at(-1)?.entry.judged?.fields ?? '', record };
}

const service = [['example.test', 'mailer.example']] as const;

const ways: readonly (readonly [what: string, given: Given, came: string])[] = [
  ['MAIL FROM of ours', { from: 'ceo@example.test', message: letter }, '550 own-sender'],
  [
    'MAIL FROM of ours under another author',
    { from: 'ceo@example.test', message: letter.replace('@example.test', '@client.example') },
    '550 own-sender',
  ],
  ['an author of ours', { from: 'x@mailer.example', message: letter }, '550 own-author'],
  [
    'an author of ours with a stranger’s signature',
    { from: 'x@mailer.example', message: byThem },
    '550 own-author',
  ],
  ['a bounce with an author of ours', { from: '', message: letter }, '550 own-author'],
  ['list fields alone', { from: 'x@mailer.example', message: fromList }, '550 own-author'],
  ['our own signature', { from: 'x@mailer.example', message: byUs }, 'accept'],
  [
    'our own user’s post comes back from a list',
    { from: 'bounce@lists.example', message: fromList },
    'quarantine',
  ],
  ['a named service by SPF', { from: 'x@mailer.example', message: letter, senders: service }, 'accept'],
  [
    'a named service by its signature',
    { from: 'bounce@lists.example', message: byThem, senders: service },
    'accept',
  ],
  [
    'a named network',
    { from: 'x@lists.example', message: letter, senders: [['example.test', '203.0.113.0/24']] },
    'accept',
  ],
  [
    '… also with MAIL FROM of ours',
    { from: 'ceo@example.test', message: letter, senders: [['example.test', '203.0.113.0/24']] },
    'accept',
  ],
  [
    'named for another domain of ours',
    { from: 'x@mailer.example', message: letter, senders: [['other.test', 'mailer.example']] },
    '550 own-author',
  ],
  [
    'somebody who only says that he is named',
    { from: 'x@lists.example', helo: 'mailer.example', message: letter, senders: service },
    '550 own-author',
  ],
  [
    'named, and its key does not come',
    {
      from: 'x@lists.example',
      message: byThem,
      senders: service,
      change: { 's._domainkey.mailer.example': 'timeout' },
    },
    '451 own-author',
  ],
  [
    'a list whose SPF does not come',
    { from: 'bounce@lists.example', message: fromList, change: { 'lists.example': 'timeout' } },
    '451 own-author',
  ],
  [
    'a name below ours, which our policy covers',
    { from: 'x@mailer.example', message: letter.replace('@example.test', '@hr.example.test') },
    '550 dmarc',
  ],
  [
    'a name below ours, which it does not',
    {
      from: 'x@mailer.example',
      message: letter.replace('@example.test', '@hr.example.test'),
      change: { '_dmarc.example.test': { TXT: ['v=DMARC1; p=reject; sp=none'] } },
    },
    'quarantine',
  ],
];

for (const [what, given, came] of ways) {
  test(`P-18: ${what}: ${came}`, async () => {
    assert.equal((await come(given)).what, came);
  });
}

test('P-18: EHLO with our name, our domain or our address is refused, whatever it brings', async () => {
  for (const helo of ['mx.example.test', 'MX.EXAMPLE.TEST', 'example.test', '[192.0.2.25]']) {
    const world = await intakeWorld({ policy: { zone } });
    const begun = await world.intake.begin({ ...context('mx'), helo }, mailFrom('x@mailer.example'));
    assert.ok(begun.ok);
    const answer = await begun.value.recipient(address('user@example.test'));
    assert.equal(answer.ok ? 250 : answer.reply.code, 550, helo);
  }
});

test('P-18: what goes to Junk as an impersonation says so', async () => {
  const { fields } = await come({ from: 'bounce@lists.example', message: fromList });
  assert.match(fields, /^X-Postern-Verdict: junk; by=own-author; mark=impersonation; trace=/m);
});

test('P-18: a domain that looks like ours scores, and the trace names both', async () => {
  const message = letter.replace('ceo@example.test', 'ceo@examp1e.test');
  const { what, record } = await come({ from: 'ceo@examp1e.test', message });
  assert.equal(what, 'accept');
  const step = record.steps.find(({ check }) => check === 'look-alike');
  assert.deepEqual(
    [step?.outcome, step?.score, step?.evidence],
    ['finding', 4, { domain: 'examp1e.test', own: 'example.test' }],
  );
});
