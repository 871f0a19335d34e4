import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseLocalSubject } from '#policy/local-lists/local-entry.ts';
import type { LocalListName } from '#policy/local-lists/local-entry.ts';
import { listsFor } from '#policy/lists/lists.fixture.ts';
import type { ZoneTable } from '#platform/fake-resolver.ts';
import type { TraceRecord } from '#trace/record.ts';
import { makeEd25519Key, recordOf, signAs } from '#mailauth/dkim/sign-as.fixture.ts';
import { address, begin, context, intakeWorld, mailFrom, send } from './intake.fixture.ts';
import type { IntakeWorld, ListMaking, Sending } from './intake.fixture.ts';

/** An honest sender, and lists that live. */
const zone: ZoneTable = {
  '.': { NS: ['a.root-servers.net'] },
  '5.113.0.203.in-addr.arpa': { PTR: ['client.example'] },
  'client.example': { A: ['203.0.113.5'] },
  'example.org': { MX: ['10 client.example'], TXT: ['v=spf1 ip4:203.0.113.5 -all'] },
  'forged.example': { MX: ['10 client.example'] },
  '2.0.0.127.bl.spamcop.net': { A: ['127.0.0.2'] },
  '2.0.0.127.psbl.surriel.com': { A: ['127.0.0.2'] },
  'test.surbl.org.multi.surbl.org': { A: ['127.0.0.254'] },
  'dbltest.com.dbl.spamhaus.org': { A: ['127.0.1.2'] },
};
const listed: ZoneTable = { ...zone, '5.113.0.203.psbl.surriel.com': { A: ['127.0.0.2'] } };
const ungreyed = { 'policy.greylisting': false };

type Entries = readonly (readonly [LocalListName, string])[];

async function world(
  given: ZoneTable,
  settings: Readonly<Record<string, unknown>> = {},
  entries: Entries = [],
) {
  const lists = (making: ListMaking) => {
    const made = listsFor(making);
    for (const [list, text] of entries) {
      const subject = parseLocalSubject(text);
      assert.ok(subject !== undefined, text);
      made.local.add({ list, subject, origin: 'administrator', reason: 'a test' });
    }
    return made;
  };
  return await intakeWorld({ policy: { zone: given, settings: { ...ungreyed, ...settings }, lists } });
}

async function lastTrace({ store }: IntakeWorld): Promise<TraceRecord> {
  const list = await store.traces.list({}, undefined, 1);
  const record = list.ok ? list.value.items[0] : undefined;
  assert.ok(record !== undefined);
  return record;
}

/** The first answer that is a refusal, or `taken`. */
async function told(made: IntakeWorld, from: string, sending: Sending = {}): Promise<string> {
  const transaction = await begin(made, sending.who ?? context('mx'), mailFrom(from));
  const recipient = await transaction.recipient(address('user@example.test'));
  if (!recipient.ok) {
    await transaction.abandon('QUIT');
    return `${recipient.reply.code} ${recipient.reply.status} ${recipient.reply.text}`;
  }
  await transaction.abandon('QUIT');
  const [answer] = await send(made, { ...sending, mail: mailFrom(from) });
  assert.ok(answer !== undefined);
  if (!answer.ok) return `${answer.reply.code} ${answer.reply.status} ${answer.reply.text}`;
  return made.leases.at(-1)?.entry.judged?.junk === true ? 'junk' : 'taken';
}

const author = (from: string) => `From: ${from}\r\nSubject: hi\r\n\r\nhello\r\n`;

test('P-22, I-28: a listed client scores, and is refused only where the list is named for that', async () => {
  const scored = await world(listed);
  assert.equal(await told(scored, 'a@example.org', { message: author('a@example.org') }), 'taken');
  const step = (await lastTrace(scored)).steps.find(({ check }) => check === 'psbl');
  assert.deepEqual([step?.outcome, step?.action, step?.score], ['finding', 'score', 3]);
  assert.deepEqual(step?.evidence, {
    list: 'psbl',
    hits: [{ what: 'client', name: '203.0.113.5', codes: ['127.0.0.2'], meanings: ['a source of spam'] }],
  });
  const refusing = await world(listed, { 'policy.psbl.action': 'refuse' });
  assert.match(
    await told(refusing, 'a@example.org'),
    /^550 5\.7\.1 your address 203\.0\.113\.5 is listed by Passive Spam Block List: see https:\/\/psbl\.org\/listing \[T:/,
  );
});

test('P-22: an error of a list, or an answer of a stranger, refuses nobody although the list is named for it', async () => {
  for (const code of ['127.255.255.254', '127.255.255.255', '127.0.0.1', '192.0.2.80']) {
    const made = await world(
      { ...zone, '5.113.0.203.psbl.surriel.com': { A: [code] } },
      { 'policy.psbl.action': 'refuse' },
    );
    assert.equal(await told(made, 'a@example.org', { message: author('a@example.org') }), 'taken', code);
    const step = (await lastTrace(made)).steps.find(({ check }) => check === 'psbl');
    assert.equal(step?.outcome, 'error');
    assert.match(step?.reason ?? '', /could not be asked/);
  }
});

test('S-01: nobody on submission or LMTP is looked up', async () => {
  const made = await world(listed, { 'policy.psbl.action': 'refuse' });
  const [answer] = await send(made, {
    who: context('submission', made.user),
    mail: mailFrom('user@example.test'),
    message: author('user@example.test'),
  });
  assert.ok(answer?.ok);
});

test('P-23: the domain of the sender is looked up, reduced to what is registered', async () => {
  const made = await world(
    {
      ...zone,
      'mail.bad.com': { MX: ['10 client.example'] },
      'bad.com.dbl.spamhaus.org': { A: ['127.0.1.2'] },
    },
    { 'policy.spamhaus_dbl.action': 'refuse' },
  );
  assert.match(
    await told(made, 'a@mail.bad.com'),
    /^550 5\.7\.1 your sender domain bad\.com is listed by Spamhaus DBL/,
  );
});

test('P-27: a link to a listed domain counts; the sender hears that there is one, and not which', async () => {
  const bad: ZoneTable = { ...zone, 'evil.com.multi.surbl.org': { A: ['127.0.0.8'] } };
  const message = `From: a@example.org\r\nContent-Type: text/html\r\n\r\n<a href="hxxp://x@www.ev%69l.com/">bank</a>\r\n`;
  const scored = await world(bad, { 'policy.surbl.action': 'score', 'policy.surbl.weight': 10 });
  assert.equal(await told(scored, 'a@example.org', { message, pieceBytes: 7 }), 'junk');
  const { facts, steps } = await lastTrace(scored);
  const where = 'part 1 (text/html), href';
  assert.deepEqual(facts['links'], { hosts: ['evil.com'], cut: false, places: [where] });
  const step = steps.find(({ check }) => check === 'surbl');
  assert.equal(step?.score, 15);
  assert.match(JSON.stringify(step.evidence), /"name":"evil\.com","where":"part 1 \(text\/html\), href"/);
  const refusing = await world(bad, { 'policy.surbl.action': 'refuse' });
  const words = await told(refusing, 'a@example.org', { message });
  assert.match(words, /^550 5\.7\.1 a domain in your message is listed by SURBL/);
  assert.ok(!words.includes('evil.com'));
  const off = await world(bad);
  assert.equal(await told(off, 'a@example.org', { message }), 'taken');
  assert.equal((await lastTrace(off)).facts['links'], undefined, 'not even looked for');
});

test('P-24: address, sender, author and HELO name on the block list are refused', async () => {
  for (const [entry, from, written] of [
    ['203.0.113.5', 'a@example.org', 'a@example.org'],
    ['203.0.113.0/24', 'a@example.org', 'a@example.org'],
    ['example.org', 'a@example.org', 'a@example.org'],
    ['a@example.org', 'A@example.org', 'A@example.org'],
    ['*@*.org', 'a@example.org', 'a@example.org'],
    ['client.example', 'a@example.org', 'a@example.org'],
    ['boss@example.org', 'a@example.org', 'boss@example.org'],
  ] as const) {
    const made = await world(zone, {}, [['block', entry]]);
    assert.match(
      await told(made, from, { message: author(written) }),
      /^550 5\.7\.1 mail (from|of) .* is not accepted here/,
      entry,
    );
    const step = (await lastTrace(made)).steps.find(({ outcome }) => outcome === 'finding');
    assert.match(JSON.stringify(step?.evidence), /"reason":"a test"/, entry);
  }
});

test('P-26: both lists match: allow wins, and the trace says so', async () => {
  for (const entries of [
    [
      ['block', '203.0.113.0/24'],
      ['allow', '203.0.113.5'],
    ],
    [
      ['block', 'example.org'],
      ['allow', 'a@example.org'],
    ],
    [
      ['block', '203.0.113.0/24'],
      ['allow', 'example.org'],
    ],
  ] as const satisfies readonly Entries[]) {
    const made = await world(listed, { 'policy.psbl.action': 'refuse' }, entries);
    assert.equal(await told(made, 'a@example.org', { message: author('a@example.org') }), 'taken');
    const { steps } = await lastTrace(made);
    assert.ok(steps.some(({ reason }) => reason?.includes('allow list') === true));
    assert.ok(steps.some(({ check }) => check === 'blocklist'));
    assert.ok(
      steps.some(({ check }) => check === 'spf'),
      'all other checks are made',
    );
  }
});

test('P-26: a forged name of the allow list gains nothing', async () => {
  const entries: Entries = [
    ['allow', 'forged.example'],
    ['block', '203.0.113.0/24'],
  ];
  const made = await world(zone, {}, entries);
  assert.match(
    await told(made, 'a@forged.example', { message: author('a@forged.example') }),
    /^550 5\.7\.1 mail from 203\.0\.113\.5 is not accepted here/,
  );
  const scored = await world(listed, { 'policy.psbl.weight': 10 }, [['allow', 'forged.example']]);
  assert.equal(await told(scored, 'a@forged.example', { message: author('a@forged.example') }), 'junk');
  const { steps } = await lastTrace(scored);
  assert.match(steps.find(({ check }) => check === 'allowlist')?.reason ?? '', /nothing proves/);
});

test('P-26: a signature of the author’s domain is proof too', async () => {
  const key = makeEd25519Key();
  const signed: ZoneTable = {
    ...listed,
    'forged.example': { MX: ['10 client.example'] },
    's._domainkey.forged.example': { TXT: [recordOf(key)] },
  };
  const made = await world(signed, { 'policy.psbl.weight': 10 }, [['allow', 'forged.example']]);
  const message = signAs(author('a@forged.example'), { key, tags: { d: 'forged.example' } });
  assert.equal(await told(made, 'a@forged.example', { message }), 'taken');
});

test('P-26, P-18: no entry lets anybody write in our own name, nor a domain that forbids it', async () => {
  for (const entry of ['203.0.113.0/24', 'example.test', 'user@example.test']) {
    const made = await world(zone, {}, [['allow', entry]]);
    const words = await told(made, 'a@example.org', { message: author('user@example.test') });
    assert.match(words, /^550 5\.7\.1 mail from example\.test is accepted from its own servers/, entry);
  }
  const strict: ZoneTable = { ...zone, '_dmarc.forged.example': { TXT: ['v=DMARC1; p=reject'] } };
  const blocked = await world(strict, {}, [
    ['allow', '203.0.113.5'],
    ['block', 'forged.example'],
  ]);
  assert.match(
    await told(blocked, 'a@example.org', { message: author('a@forged.example') }),
    /^550 5\.7\.1 .*DMARC/i,
  );
});

test('S-03: who is on a block list still reaches the postmaster', async () => {
  const made = await world(zone, {}, [['block', '203.0.113.5']]);
  const transaction = await begin(made, context('mx'), mailFrom('a@example.org'));
  assert.ok(!(await transaction.recipient(address('user@example.test'))).ok);
  assert.ok((await transaction.recipient(address('postmaster@example.test'))).ok);
});

test('a client that is exempt from the DNS is on the local lists all the same', async () => {
  const who = { ...context('mx'), exempt: new Set(['dns'] as const) };
  const made = await world(listed, { 'policy.psbl.action': 'refuse' }, [['block', 'example.org']]);
  assert.match(await told(made, 'a@example.org', { who }), /^550 5\.7\.1 mail from a@example\.org/);
  assert.equal(await told(made, 'a@forged.example', { who, message: author('a@forged.example') }), 'taken');
});

test('P-28: with a resolver that never answers mail is taken within ten seconds, and the trace says which list', async () => {
  const lists = (making: ListMaking) => listsFor(making);
  const settings = {
    ...ungreyed,
    'policy.surbl.action': 'refuse',
    'policy.spamhaus_dbl.action': 'refuse',
    'policy.psbl.action': 'refuse',
  };
  const resolver = { ask: () => new Promise<never>(() => undefined) };
  const made = await intakeWorld({ policy: { zone: {}, resolver, settings, lists } });
  const startMs = made.clock.monotonic();
  const message = 'From: a@example.org\r\n\r\nhttp://evil.com/\r\n';
  const state = { done: false };
  const sending = send(made, { message });
  void sending.finally(() => (state.done = true));
  for (let count = 0; count < 300 && !state.done; count += 1) await made.clock.advance(100);
  assert.ok(state.done, 'it is answered at all');
  assert.ok((await sending)[0]?.ok);
  assert.ok(made.clock.monotonic() - startMs < 10_000);
  const { steps } = await lastTrace(made);
  for (const name of ['psbl', 'spamcop', 'spamhaus-dbl', 'surbl']) {
    const step = steps.find(({ check }) => check === name);
    assert.equal(step?.outcome, 'error', name);
    assert.match(step?.reason ?? '', /could not be asked/);
  }
});

test('I-29: two lists, two actions: one refuses, one scores', async () => {
  const both: ZoneTable = { ...listed, '5.113.0.203.bl.spamcop.net': { A: ['127.0.0.2'] } };
  const settings = { 'policy.spamcop.action': 'refuse', 'policy.psbl.weight': 7 };
  const made = await world(both, settings);
  assert.match(await told(made, 'a@example.org'), /is listed by SpamCop/);
  const { steps } = await lastTrace(made);
  const told2 = steps.filter(({ check }) => check === 'psbl' || check === 'spamcop');
  assert.deepEqual(
    told2.map(({ check, action, score }) => [check, action, score]),
    [
      ['spamcop', 'refuse', 3],
      ['psbl', 'score', 7],
    ],
  );
  const noted = await world(both, { 'policy.spamcop.action': 'note', 'policy.psbl.action': 'junk' });
  assert.equal(await told(noted, 'a@example.org', { message: author('a@example.org') }), 'junk');
});

test('I-32: a listed client is refused in the session; only who says so has its mail thrown away', async () => {
  const refusing = await world(listed, { 'policy.psbl.action': 'refuse' });
  assert.match(await told(refusing, 'a@example.org'), /^550 5\.7\.1 /);
  const made = await world(listed, { 'policy.psbl.action': 'discard' });
  const [answer] = await send(made, { mail: mailFrom('a@example.org'), message: author('a@example.org') });
  assert.ok(answer?.ok, 'its sender hears that it was taken');
  assert.equal(made.leases.length, 0);
  const queued = await made.store.queue.list({}, undefined, 10);
  assert.deepEqual(queued.ok ? queued.value.items : undefined, []);
  const { verdict, kind, steps } = await lastTrace(made);
  assert.deepEqual([kind, verdict.action, verdict.by], ['attempt', 'discard', 'psbl']);
  assert.equal(steps.find(({ check }) => check === 'psbl')?.action, 'discard');
  assert.deepEqual(
    made.events.map(({ name }) => name).filter((name) => name.startsWith('message-')),
    ['message-discarded'],
  );
});

test('I-32, S-03: what is thrown away still reaches the postmaster; what is refused is refused', async () => {
  const made = await world(listed, { 'policy.psbl.action': 'discard' });
  const to = ['other@example.test', 'postmaster@example.test'];
  const [answer] = await send(made, {
    mail: mailFrom('a@example.org'),
    to,
    message: author('a@example.org'),
  });
  assert.ok(answer?.ok);
  assert.deepEqual(
    made.leases.at(-1)?.entry.recipients.map(({ original }) => original.local),
    ['postmaster'],
  );
  const strict = await world(listed, { 'policy.psbl.action': 'discard' }, [['block', '203.0.113.5']]);
  assert.match(await told(strict, 'a@example.org'), /^550 5\.7\.1 mail from/);
  const allowed = await world(listed, { 'policy.psbl.action': 'discard' }, [['allow', '203.0.113.5']]);
  assert.equal(await told(allowed, 'a@example.org', { message: author('a@example.org') }), 'taken');
});
