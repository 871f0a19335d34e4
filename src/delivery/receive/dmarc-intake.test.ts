import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Domain } from '#mail/domain.ts';
import { makeEd25519Key, recordOf, signAs } from '#mailauth/dkim/sign-as.fixture.ts';
import { createFakeResolver } from '#platform/fake-resolver.ts';
import type { ZoneTable } from '#platform/fake-resolver.ts';
import type { Resolver } from '#platform/resolver.ts';
import { dmarcRowOf } from '#policy/dmarc-row.ts';
import type { TraceRecord } from '#trace/record.ts';
import { intakeWorld, mailFrom, queuedText, send } from './intake.fixture.ts';
import type { IntakeWorld, Sending } from './intake.fixture.ts';

const key = makeEd25519Key();

/** `bank.example` wants refusal; `sender.example` sends with everything in order and signs. */
const zone: ZoneTable = {
  '5.113.0.203.in-addr.arpa': { PTR: ['client.example'] },
  'client.example': { A: ['203.0.113.5'] },
  'sender.example': { MX: ['10 client.example'], TXT: ['v=spf1 ip4:203.0.113.5 -all'] },
  's._domainkey.sender.example': { TXT: [recordOf(key)] },
  'bank.example': { MX: ['10 mail.bank.example'], TXT: ['v=spf1 ip4:192.0.2.1 -all'] },
  's._domainkey.bank.example': { TXT: [recordOf(key)] },
  '_dmarc.bank.example': { TXT: ['v=DMARC1; p=reject'] },
};

const plain = 'From: Teller <teller@bank.example>\r\nTo: user@example.test\r\nSubject: pay\r\n\r\nnow\r\n';
const signedBy = (domain: string, message = plain) => signAs(message, { key, tags: { d: domain } });

interface Judged {
  readonly code: number;
  readonly status: string | undefined;
  readonly text: string;
  readonly action: string;
  readonly by: string | undefined;
  readonly world: IntakeWorld;
}

/** Of each answer: whatever is asked too late is not answered in time here either. */
const answerMs = 5;
const never = new Promise<never>(() => undefined);

/** Nothing below `slow.example` is ever answered. */
async function worldOf(
  names: ZoneTable,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<IntakeWorld> {
  const inner = createFakeResolver(names);
  const late: { clock?: IntakeWorld['clock'] } = {};
  const resolver: Resolver = {
    async ask(name, type) {
      if (/(?:^|\.)slow\.example$/.test(name)) return never;
      await late.clock?.sleep(answerMs);
      return inner.ask(name, type);
    },
  };
  const ungreyed = { 'policy.greylisting': false, ...settings };
  const world = await intakeWorld({ policy: { zone: names, resolver, settings: ungreyed } });
  late.clock = world.clock;
  return world;
}

/** Time goes on while the message is judged. */
async function sendInTime(world: IntakeWorld, sending: Sending): ReturnType<typeof send> {
  const state = { done: false };
  const sent = send(world, sending).finally(() => (state.done = true));
  while (!state.done) await world.clock.advance(answerMs);
  return sent;
}

async function judged(
  message: string,
  change: ZoneTable = {},
  settings: Readonly<Record<string, unknown>> = {},
): Promise<Judged> {
  const world = await worldOf({ ...zone, ...change }, settings);
  const [answer] = await sendInTime(world, { mail: mailFrom('bounce@sender.example'), message });
  assert.ok(answer !== undefined);
  const { action, by } = (await lastTrace(world)).verdict;
  if (answer.ok) return { code: 250, status: undefined, text: '', action, by, world };
  const { code, status, text } = answer.reply;
  return { code, status, text, action, by, world };
}

async function lastTrace({ store }: IntakeWorld): Promise<TraceRecord> {
  const list = await store.traces.list({}, undefined, 1);
  const record = list.ok ? list.value.items[0] : undefined;
  assert.ok(record !== undefined);
  return record;
}

const policy = (record: string): ZoneTable => ({ '_dmarc.bank.example': { TXT: [record] } });

test('I-45: a bare spoof of a p=reject domain is refused, and told why', async () => {
  const { code, status, text, by } = await judged(plain);
  assert.deepEqual([code, status, by], [550, '5.7.1', 'dmarc']);
  assert.match(text, /bank\.example asks by DMARC/);
});

test('I-45: p=reject alone never refuses: a stranger’s valid signature and nothing else against it is Junk', async () => {
  const { code, action, world } = await judged(signedBy('sender.example'));
  assert.deepEqual([code, action], [250, 'quarantine']);
  assert.equal(world.leases[0]?.entry.judged?.junk, true);
});

test('I-45: a list post from a p=reject author reaches Junk, and the list sees no 5xx', async () => {
  const post = `List-Id: Talk <talk.lists.sender.example>\r\nList-Post: <mailto:talk@sender.example>\r\n${plain}`;
  const { code, action } = await judged(post);
  assert.deepEqual([code, action], [250, 'quarantine']);
});

test('I-45: list fields that name somebody else’s list do not help a spoof', async () => {
  for (const id of ['talk.lists.other.example', 'bank.example', 'x'])
    assert.equal((await judged(`List-Id: <${id}>\r\n${plain}`)).code, 550, id);
});

/** Each the one thing that beside the DMARC result speaks against a message that a stranger signed. */
const furtherWays: readonly (readonly [what: string, message: string, change: ZoneTable])[] = [
  ['an SPF fail', plain, { 'sender.example': { MX: ['10 client.example'], TXT: ['v=spf1 -all'] } }],
  ['no reverse name', plain, { '5.113.0.203.in-addr.arpa': 'nxdomain' }],
  ['a reverse name that does not lead back', plain, { 'client.example': { A: ['198.51.100.1'] } }],
  ['a name that shows another house', plain.replace('Teller', '"boss@other.example"'), {}],
  ['a name that shows one of our domains', plain.replace('Teller', '"ceo@example.test"'), {}],
];

for (const [what, message, change] of furtherWays) {
  test(`I-45: p=reject and ${what} refuses`, async () => {
    const { code, by } = await judged(signedBy('sender.example', message), change);
    assert.deepEqual([code, by], [550, 'dmarc']);
  });
}

test('I-45: a domain that looks like ours and asks to be refused is refused', async () => {
  const change: ZoneTable = {
    'examp1e.test': { MX: ['10 client.example'] },
    '_dmarc.examp1e.test': { TXT: ['v=DMARC1; p=reject'] },
  };
  const message = signedBy('sender.example', plain.replace('teller@bank.example', 'ceo@examp1e.test'));
  assert.deepEqual((await judged(message, change)).code, 550);
});

test('I-45: a list whose key does not come is put off, and comes in when it does', async () => {
  const post = (domain: string) => signedBy(domain, `List-Id: Talk <talk.${domain}>\r\n${plain}`);
  const spfFails: ZoneTable = { 'sender.example': { MX: ['10 client.example'], TXT: ['v=spf1 -all'] } };
  const late = await judged(post('slow.example'), spfFails);
  assert.deepEqual([late.code, late.by], [451, 'dmarc']);
  const { code, action } = await judged(post('sender.example'), {
    ...spfFails,
    's._domainkey.sender.example': { TXT: [recordOf(key)] },
  });
  assert.deepEqual([code, action], [250, 'quarantine']);
});

test('I-45, P-18: a named sender is a local override, and its reason stands in the trace', async () => {
  const { code, action, world } = await judged(
    plain,
    {},
    {
      'policy.named_senders': [
        { domain: 'bank.example' as Domain, proof: 'sender.example', reason: 'their card service' },
      ],
    },
  );
  assert.deepEqual([code, action], [250, 'accept']);
  const step = (await lastTrace(world)).steps.find(({ check }) => check === 'dmarc');
  assert.equal(step?.action, 'note');
  assert.match(step?.reason ?? '', /there is an exception: .* their card service/);
});

test('S-03: postmaster and abuse hear of what is refused to all others, in Junk', async () => {
  const world = await worldOf(zone);
  const mail = mailFrom('bounce@sender.example');
  const to = ['postmaster@example.test', 'abuse@example.test'];
  const [answer] = await sendInTime(world, { mail, message: plain, to });
  assert.deepEqual([answer?.ok, (await lastTrace(world)).verdict.action], [true, 'quarantine']);
  const [both] = await sendInTime(world, { mail, message: plain, to: [...to, 'user@example.test'] });
  assert.equal(both?.ok, false, 'nobody else comes in beside them');
});

test('I-45: p=quarantine is Junk, p=none and t=y are not touched further than they say', async () => {
  assert.equal((await judged(plain, policy('v=DMARC1; p=quarantine'))).action, 'quarantine');
  assert.equal((await judged(plain, policy('v=DMARC1; p=reject; t=y'))).action, 'quarantine');
  assert.equal((await judged(signedBy('sender.example'), policy('v=DMARC1; p=none'))).action, 'accept');
});

test('I-45: no policy is applied while the DNS does not answer', async () => {
  const { code, world } = await judged(signedBy('sender.example'), { '_dmarc.bank.example': 'servfail' });
  assert.equal(code, 250);
  const steps = (await lastTrace(world)).steps;
  assert.equal(steps.find(({ check }) => check === 'dmarc')?.outcome, 'error');
});

test('P-21, I-44: an aligned signature passes; one of another domain counts as none', async () => {
  const { code, action, world } = await judged(signedBy('bank.example'));
  assert.deepEqual([code, action], [250, 'accept']);
  assert.match(
    world.leases[0]?.entry.judged?.fields ?? '',
    /dmarc=pass policy\.dmarc=reject header\.from=bank\.example/,
  );
});

test('one signature replayed under another From does not vouch for it', async () => {
  const honest = signedBy('bank.example');
  assert.equal(
    (await judged(honest.replace('\r\nFrom: Teller', '\r\nFrom: Other <x@bank.example>\r\nX: '))).code,
    550,
  );
  assert.equal((await judged(honest.replace(/\r\nSubject: pay/, '\r\nSubject: pay more'))).code, 550);
});

/** Each shows `bank.example` to somebody while another domain would be judged. */
const forms: readonly string[] = [
  'From: x@sender.example\r\nFrom: teller@bank.example',
  'From : x@sender.example\r\nFROM: teller@bank.example',
  'From: x@sender.example, teller@bank.example',
  'From: <x@sender.example> <teller@bank.example>',
  'From: teller@bank.example <x@sender.example>',
  'From: <@bank.example:x@sender.example>',
  'From: "teller@bank.example "@sender.example',
  'From: =?utf-8?Q?teller=40bank.example=00?=@sender.example',
  'From: teller@bank(.sender).example',
  'From: Bank:;',
  'From: teller',
  'Sender: x@sender.example',
];

for (const fields of forms) {
  test(`refused before DMARC is asked: ${JSON.stringify(fields)}`, async () => {
    const message = signedBy(
      'sender.example',
      `${fields}\r\nTo: user@example.test\r\nSubject: pay\r\n\r\nnow\r\n`,
    );
    const { code, status, by } = await judged(message);
    assert.deepEqual([code, status, by], [550, '5.6.0', 'author']);
  });
}

test('I-49: who publishes and signs nothing is neither trusted nor refused for it: other checks judge', async () => {
  const silent: ZoneTable = {
    'sender.example': { MX: ['10 client.example'] },
    's._domainkey.sender.example': { TXT: [] },
  };
  const message = plain.replaceAll('bank.example', 'sender.example');
  const good = await judged(message, silent);
  assert.deepEqual([good.code, good.action], [250, 'accept']);
  const points = { 'policy.junk_score': 3 };
  const doubtful = await judged(message, { ...silent, '5.113.0.203.in-addr.arpa': 'nxdomain' }, points);
  assert.deepEqual([doubtful.action, doubtful.by], ['quarantine', 'score'], 'reputation goes on');
});

test('P-15: the reverse name stands in the trace, each way it can be', async () => {
  for (const [change, finding] of [
    [{}, 'confirmed'],
    [{ '5.113.0.203.in-addr.arpa': 'nxdomain' }, 'no-name'],
    [{ 'client.example': { A: ['198.51.100.1'] } }, 'unconfirmed'],
    [{ 'client.example': { A: [] } }, 'unconfirmed'],
    [{ '5.113.0.203.in-addr.arpa': 'servfail' }, 'unanswered'],
  ] as const satisfies readonly (readonly [ZoneTable, string])[]) {
    const { facts } = await lastTrace((await judged(plain, change)).world);
    assert.equal((facts['iprev'] as { finding: string }).finding, finding);
  }
});

test('I-48: what a peer chose to be called cannot speak in our field', async () => {
  const signature =
    'DKIM-Signature: v=1; a=x"; d=bank.example; s=(\\; b="; dmarc=pass header.from=bank.example\r\n';
  const { world } = await judged(signature + plain, policy('v=DMARC1; p=none'));
  const fields = world.leases[0]?.entry.judged?.fields ?? '';
  assert.equal(fields.match(/\bdmarc=(?!none)/g)?.length, 1, fields);
  assert.match(fields, /\r\n dmarc=fail /);
  assert.doesNotMatch(queuedText(world), /Authentication-Results/);
});

test('I-47: what an aggregate report needs stands in the trace, also of refused mail', async () => {
  const published = 'v=DMARC1; p=reject; rua=mailto:reports@bank.example';
  const rowOf = async (message: string, settings = {}) =>
    dmarcRowOf(await lastTrace((await judged(message, policy(published), settings)).world));
  const refused = await rowOf(plain);
  assert.deepEqual(
    [refused?.disposition, refused?.overrides, refused?.envelopeFrom, refused?.sourceAddress, refused?.spf],
    ['reject', [], 'sender.example', '203.0.113.5', { domain: 'sender.example', result: 'pass' }],
  );
  const junked = await rowOf(signedBy('sender.example'));
  assert.deepEqual([junked?.disposition, junked?.overrides[0]?.type], ['quarantine', 'local_policy']);
  assert.deepEqual(junked?.dkim, [{ domain: 'sender.example', selector: 's', result: 'pass' }]);
  const list = await rowOf(`List-Id: <talk.sender.example>\r\n${plain}`);
  assert.deepEqual([list?.disposition, list?.overrides[0]?.type], ['quarantine', 'mailing_list']);
  const passed = await rowOf(signedBy('bank.example'));
  assert.deepEqual([passed?.disposition, passed?.dkimAligned, passed?.spfAligned], ['pass', true, false]);
  const excepted = await rowOf(plain, { 'policy.dmarc.except': ['203.0.113.0/24'] });
  assert.deepEqual([excepted?.disposition, excepted?.overrides[0]?.type], ['none', 'local_policy']);
  const { world } = await judged(plain, policy('v=DMARC1; p=reject'));
  assert.equal(dmarcRowOf(await lastTrace(world)), undefined);
});

test('S-09: who lets SPF and signatures use up the questions does not escape the policy', async () => {
  const exchangers = Array.from({ length: 10 }, (_, i) => `10 mx${i}.sender.example`);
  const greedy: ZoneTable = Object.fromEntries(
    Array.from({ length: 10 }, (_, i) => [`${i}.sender.example`, { MX: exchangers }]),
  );
  const spf = Array.from({ length: 10 }, (_, i) => `mx:${i}.sender.example`).join(' ');
  const signed = Array.from(
    { length: 20 },
    (_, i) =>
      `DKIM-Signature: v=1; a=rsa-sha256; d=${'x.'.repeat(9)}sender.example; s=${i};\r\n h=from; bh=; b=x\r\n`,
  ).join('');
  const change = { ...greedy, 'sender.example': { MX: ['10 client.example'], TXT: [`v=spf1 ${spf} -all`] } };
  const { code, by } = await judged(signed + plain, change);
  assert.deepEqual([code, by], [550, 'dmarc']);
});

test('P-28: whoever names servers that never answer is put off, and soon', async () => {
  const world = await worldOf(zone);
  const startMs = world.clock.monotonic();
  const sending = { mail: mailFrom('x@slow.example'), message: signedBy('slow.example') };
  const [answer] = await sendInTime(world, sending);
  assert.ok(world.clock.monotonic() - startMs < 10_000);
  assert.equal(answer?.ok === false ? answer.reply.status : undefined, '4.7.1');
  assert.equal((await lastTrace(world)).verdict.action, 'defer');
});

/** Neither the key of the signature nor the SPF record behind the sender ever comes. */
const slowWays: readonly (readonly [what: string, sender: string])[] = [
  ['a key', 'bounce@sender.example'],
  ['a key and SPF', 'bounce@slow.example'],
];

for (const [what, sender] of slowWays) {
  test(`S-09: ${what} that never comes does not open the way past a policy`, async () => {
    const wants = await worldOf(zone);
    const message = signedBy('slow.example');
    const [answer] = await sendInTime(wants, { mail: mailFrom(sender), message });
    const { verdict, steps } = await lastTrace(wants);
    const policyStep = steps.find(({ check }) => check === 'dmarc');
    assert.equal(policyStep?.outcome, 'finding', 'the policy of the author is known and not met');
    assert.deepEqual([answer?.ok, verdict.action, verdict.by], [false, 'defer', 'dmarc']);
  });
}

test('P-18: a key that never comes does not make anybody one of us', async () => {
  const world = await worldOf({
    ...zone,
    '_dmarc.example.test': { TXT: ['v=DMARC1; p=reject'] },
    'example.test': { MX: ['10 mx.example.test'], TXT: ['v=spf1 ip4:192.0.2.25 -all'] },
    // Whether it belongs to us can be told by a question only.
    'stranger.test': { MX: ['10 client.example'], TXT: ['v=spf1 ip4:203.0.113.5 -all'] },
  });
  const message = signedBy('slow.example', plain.replaceAll('bank.example', 'example.test'));
  const [answer] = await sendInTime(world, { mail: mailFrom('x@stranger.test'), message });
  assert.deepEqual([answer?.ok, (await lastTrace(world)).verdict.by], [false, 'own-author']);
});

test('S-09: nor does a policy for names that do not exist wait for what never comes', async () => {
  const ghosts: ZoneTable = {
    ...zone,
    '_dmarc.bank.example': { TXT: ['v=DMARC1; p=none; sp=none; np=reject'] },
  };
  const world = await worldOf(ghosts);
  const message = signedBy('slow.example', plain.replace('@bank.example>', '@ghost.bank.example>'));
  await sendInTime(world, { mail: mailFrom('bounce@slow.example'), message });
  const { steps } = await lastTrace(world);
  assert.equal(steps.find(({ check }) => check === 'dmarc')?.outcome, 'finding');
});
