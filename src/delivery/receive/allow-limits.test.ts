import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeResolver } from '#platform/fake-resolver.ts';
import type { ZoneTable } from '#platform/fake-resolver.ts';
import { checks } from '#policy/checks.ts';
import { combineFindings } from '#policy/combine-findings.ts';
import type { JudgedCheck } from '#policy/judge-check.ts';
import { listsFor } from '#policy/lists/lists.fixture.ts';
import { parseLocalSubject } from '#policy/local-lists/local-entry.ts';
import { defaultPolicyValues } from '#policy/default-policy-values.fixture.ts';
import { address, begin, context, intakeWorld, mailFrom, send } from './intake.fixture.ts';
import type { IntakeWorld, ListMaking, Sending } from './intake.fixture.ts';

/** A client that nobody knows, with little to speak for it, and a domain that forbids forgery. */
const zone: ZoneTable = {
  '.': { NS: ['a.root-servers.net'] },
  'client.example': { A: ['203.0.113.5'] },
  'example.org': { MX: ['10 client.example'] },
  'strict.example': { MX: ['10 client.example'] },
  '_dmarc.strict.example': { TXT: ['v=DMARC1; p=reject'] },
};

async function world(
  allowed: readonly string[],
  settings: Readonly<Record<string, unknown>> = {},
): Promise<IntakeWorld> {
  const lists = (making: ListMaking) => {
    const made = listsFor(making);
    for (const text of allowed) {
      const subject = parseLocalSubject(text);
      assert.ok(subject !== undefined, text);
      made.local.add({ list: 'allow', subject, origin: 'administrator' });
    }
    return made;
  };
  return await intakeWorld({ policy: { zone, resolver: createFakeResolver(zone), settings, lists } });
}

const letter = 'From: a@example.org\r\nSubject: hi\r\n\r\nhello\r\n';

async function told(made: IntakeWorld, sending: Sending = {}): Promise<string> {
  const [answer] = await send(made, { mail: mailFrom('a@example.org'), message: letter, ...sending });
  assert.ok(answer !== undefined);
  if (!answer.ok) return `${answer.reply.code} ${answer.reply.status}`;
  return made.leases.at(-1)?.entry.judged?.junk === true ? 'junk' : 'taken';
}

test('P-26: it lifts greylisting and scores', async () => {
  const grey = { 'policy.greylist_score': 1 };
  assert.equal(await told(await world([], grey)), '451 4.7.1', 'the world is suspicious without it');
  assert.equal(await told(await world(['203.0.113.5'], grey)), 'taken');
  const scores = { 'policy.greylisting': false, 'policy.junk_score': 1, 'policy.refuse_score': 2 };
  assert.equal(await told(await world([], scores)), '550 5.7.1');
  assert.equal(await told(await world(['203.0.113.0/24'], scores)), 'taken');
});

const every = [
  '203.0.113.5',
  'example.org',
  'a@example.org',
  '*@*.example',
  'else.example',
  'strict.example',
];

test('P-26, P-09: it lets nobody relay', async () => {
  const made = await world(every);
  const transaction = await begin(made, context('mx'), mailFrom('a@example.org'));
  const answer = await transaction.recipient(address('somebody@else.example'));
  assert.ok(!answer.ok && answer.reply.status === '5.7.1');
  await transaction.abandon('QUIT');
});

test('P-26, P-13: it lets nobody who is logged in write as somebody else', async () => {
  const made = await world(every);
  const begun = await made.intake.begin(context('submission', made.user), mailFrom('a@example.org'));
  assert.ok(!begun.ok && begun.reply.code === 550 && begun.reply.status === '5.7.1');
});

test('P-26, P-21: it does not lift authentication', async () => {
  const made = await world(every);
  const message = letter.replace('example.org', 'strict.example');
  assert.equal(await told(made, { message }), '550 5.7.1');
});

test('P-26, I-43: it does not lift syntax, nor smuggling', async () => {
  const made = await world(every);
  assert.equal(await told(made, { message: 'Subject: no author\r\n\r\nhello\r\n' }), '550 5.6.0');
  assert.equal(await told(made, { message: `From: b@example.org\r\n${letter}` }), '550 5.6.0');
  assert.equal(await told(made, { anomalies: { bareLf: true } }), '550 5.6.0');
});

test('P-26, I-87: who searches for names is put off, allowed or not', async () => {
  const made = await world(every);
  let last = '';
  for (let count = 0; count < 40; count += 1) {
    const transaction = await begin(made, context('mx'), mailFrom('a@example.org'));
    const answer = await transaction.recipient(address(`guess${count}@example.test`));
    last = answer.ok ? 'taken' : answer.reply.status;
    await transaction.abandon('QUIT');
  }
  assert.equal(last, '4.7.1');
});

test('P-26: of all checks a word of the allow list lifts refusals of lists, and no other', () => {
  const vouching = checks.find(({ name }) => name === 'allowlist');
  assert.ok(vouching !== undefined);
  const vouch: JudgedCheck = {
    check: vouching,
    judgement: { kind: 'vouch', reason: 'allowed' },
    action: 'note',
    score: 0,
    ms: 0,
  };
  for (const check of checks) {
    const refused: JudgedCheck = {
      check,
      judgement: { kind: 'finding', reason: 'x', reply: { detail: '7.1', text: 'x' } },
      action: 'refuse',
      score: 0,
      ms: 0,
    };
    const { action } = combineFindings([refused, vouch], defaultPolicyValues);
    assert.equal(action, check.class === 'list' ? 'accept' : 'refuse', check.name);
  }
});
