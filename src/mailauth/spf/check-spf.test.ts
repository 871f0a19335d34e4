import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseClientAddress } from '#base/client-address.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeResolver } from '#platform/fake-resolver.ts';
import type { ZoneTable } from '#platform/fake-resolver.ts';
import { withBudget } from '#platform/resolver-budget.ts';
import { checkHeloSpf, checkSpf } from './check-spf.ts';
import { evaluationMs, explanationBytesMax, questionsMax, recordBytesMax } from './spf-limits.ts';
import type { SpfInput, SpfOutcome } from './spf-outcome.ts';

interface Session {
  readonly from?: string;
  readonly helo?: string;
  readonly ip?: string;
}

function input({ from = 'l@a.example', helo = 'mx.a.example', ip = '192.0.2.1' }: Session = {}): SpfInput {
  return { address: parseClientAddress(ip) ?? assert.fail(ip), helo, mailFrom: from };
}

async function judge(zone: ZoneTable, session?: Session): Promise<SpfOutcome> {
  const world = { resolver: createFakeResolver(zone), clock: createFakeClock(), receiver: 'us.example' };
  return await checkSpf(input(session), world);
}

function record(text: string): { readonly TXT: readonly string[] } {
  return { TXT: [text] };
}

const names = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, at) => `h${at}.example`);

test('MAIL FROM is asked; HELO where it is null, and beside it (I-35, P-19)', async () => {
  const zone = { 'a.example': record('v=spf1 +all'), 'mx.a.example': record('v=spf1 -all') };
  const world = { resolver: createFakeResolver(zone), clock: createFakeClock(), receiver: 'us.example' };
  const shown = ({ identity, domain, result }: SpfOutcome): readonly string[] => [identity, domain, result];
  assert.deepEqual(shown(await checkSpf(input(), world)), ['mailfrom', 'a.example', 'pass']);
  assert.deepEqual(shown(await checkSpf(input({ from: '' }), world)), ['helo', 'mx.a.example', 'fail']);
  assert.deepEqual(shown(await checkHeloSpf(input(), world)), ['helo', 'mx.a.example', 'fail']);
});

test('what is no domain name is `none`, and nothing is asked (RFC 7208 §4.3)', async () => {
  const long = 'x'.repeat(400);
  const senders = [
    'l@',
    'l@localhost',
    'l@[192.0.2.1]',
    'l@192.0.2.1',
    'l@a..example',
    `${long}@a.example`,
    `l@${long}`,
  ];
  for (const from of [...senders, 'l@a.example\r\n', 'l@a b.example', 'l@\u0000.example']) {
    const outcome = await judge({ 'a.example': record('v=spf1 +all') }, { from });
    assert.equal(outcome.result, 'none', from);
    assert.equal(outcome.evidence.asked.length, 0, from);
    assert.match(outcome.domain, /^[\x20-\x7e]*$/, from);
  }
  const helo = await judge({ 'a.example': record('v=spf1 +all') }, { from: '', helo: 'x@a.example' });
  assert.equal(helo.result, 'none');
});

test('domains are asked for as A-labels, in lower case (RFC 8616 §4)', async () => {
  const outcome = await judge(
    { 'xn--bcher-kva.example': record('v=spf1 exists:%{o}.a.example -all') },
    { from: 'l@B\u00fccher.Example' },
  );
  assert.equal(outcome.domain, 'xn--bcher-kva.example');
  assert.equal(outcome.evidence.asked[1]?.name, 'xn--bcher-kva.example.a.example');
});

test('terms that read a local part in UTF-8 do not match (RFC 8616 §4)', async () => {
  const zone = {
    'a.example': record('v=spf1 exists:%{l}.b.example include:%{s}.b.example mx:%{l1}.b.example -all'),
    'b.example': record('v=spf1 -all'),
  };
  const outcome = await judge(zone, { from: 'b\u00fc@a.example' });
  assert.equal(outcome.result, 'fail');
  assert.deepEqual(
    outcome.evidence.asked.map(({ name }) => name),
    ['a.example'],
  );
});

test('the evidence names the terms that decided, the records and the questions (N-2)', async () => {
  const { result, evidence } = await judge({
    'a.example': record('v=spf1 redirect=b.example'),
    'b.example': record('v=spf1 a:%{l}.c.example include:c.example ~all'),
    'c.example': record('v=spf1 ip4:192.0.2.0/24'),
  });
  assert.equal(result, 'pass');
  assert.deepEqual(evidence.matched, [
    { domain: 'a.example', term: 'redirect=b.example' },
    { domain: 'b.example', term: 'include:c.example' },
    { domain: 'c.example', term: 'ip4:192.0.2.0/24' },
  ]);
  assert.deepEqual(evidence.records[2], { domain: 'c.example', text: 'v=spf1 ip4:192.0.2.0/24' });
  assert.deepEqual(
    evidence.asked.map(({ name, type, answer }) => [name, type, answer]),
    [
      ['a.example', 'TXT', ['v=spf1 redirect=b.example']],
      ['b.example', 'TXT', ['v=spf1 a:%{l}.c.example include:c.example ~all']],
      ['l.c.example', 'A', 'nxdomain'],
      ['c.example', 'TXT', ['v=spf1 ip4:192.0.2.0/24']],
    ],
  );
  assert.deepEqual([evidence.lookupTerms, evidence.voidLookups, evidence.localPartUsed], [3, 1, true]);
});

test('an error says in which record and term it is, cleaned (N-2, S-05)', async () => {
  const syntax = await judge({ 'a.example': record('v=spf1 a -bad\u001b[31m:x -all') });
  assert.equal(syntax.result, 'permerror');
  assert.deepEqual(syntax.evidence.problem, {
    code: 'syntax',
    domain: 'a.example',
    term: '-bad?[31m:x',
    detail: 'no known mechanism',
  });
  const dns = await judge({ 'a.example': record('v=spf1 include:b.example -all'), 'b.example': 'servfail' });
  assert.deepEqual(
    [dns.result, dns.evidence.problem?.code, dns.evidence.problem?.domain],
    ['temperror', 'dns', 'b.example'],
  );
});

test('ten terms with look-ups, not eleven, over all records together (RFC 7208 §4.6.4)', async () => {
  const terms = (count: number): string =>
    names(count)
      .map((name) => `a:${name}`)
      .join(' ');
  const hosts = Object.fromEntries(names(20).map((name) => [name, { A: ['198.51.100.1'] }]));
  const zone = (count: number): ZoneTable => ({
    ...hosts,
    'a.example': record(`v=spf1 include:b.example ${terms(count)} -all`),
    'b.example': record('v=spf1 a:h11.example mx:h12.example'),
  });
  assert.equal((await judge(zone(7))).result, 'fail');
  const over = await judge(zone(8));
  assert.deepEqual([over.result, over.evidence.problem?.code], ['permerror', 'too-many-lookup-terms']);
  assert.equal(over.evidence.problem?.term, 'a:h7.example');
});

test('two look-ups that find nothing, not three; a name twice counts twice', async () => {
  const two = await judge({ 'a.example': record('v=spf1 a:no.example mx:no.example -all') });
  assert.deepEqual([two.result, two.evidence.voidLookups], ['fail', 2]);
  for (const third of ['exists:no.example', 'a:no.example', 'exists:%{p}.no.example']) {
    const three = await judge({ 'a.example': record(`v=spf1 a:no.example mx:no.example ${third} -all`) });
    assert.deepEqual(
      [three.result, three.evidence.problem?.code],
      ['permerror', 'too-many-void-lookups'],
      third,
    );
  }
});

test('ten exchangers, not eleven; their own names may be void (decisions SPF-4, SPF-6)', async () => {
  const zone = (count: number): ZoneTable => ({
    'a.example': { ...record('v=spf1 mx -all'), MX: names(count).map((name, at) => `${at} ${name}`) },
    'h9.example': { A: ['192.0.2.1'] },
  });
  assert.equal((await judge(zone(10))).result, 'pass');
  const over = await judge(zone(11));
  assert.deepEqual([over.result, over.evidence.problem?.code], ['permerror', 'too-many-exchangers']);
  assert.equal(over.evidence.asked.length, 2);
});

test('ten reverse names, the rest is passed over; a broken reverse zone is no error (RFC 7208 §5.5)', async () => {
  const zone = (at: number): ZoneTable => ({
    'a.example': record('v=spf1 ptr:example.org -all'),
    '1.2.0.192.in-addr.arpa': { PTR: Array.from({ length: 200 }, (_, n) => `h${n}.example.org`) },
    [`h${at}.example.org`]: { A: ['192.0.2.1'] },
    'h0.example.org': 'servfail',
  });
  assert.equal((await judge(zone(9))).result, 'pass');
  assert.equal((await judge(zone(10))).result, 'fail');
  const broken = { 'a.example': record('v=spf1 ptr -all'), '1.2.0.192.in-addr.arpa': 'servfail' } as const;
  assert.equal((await judge(broken)).result, 'fail');
});

test('a client cannot claim a name that does not lead back', async () => {
  const zone = {
    'a.example': record('v=spf1 ptr exists:%{p}.ok.example -all'),
    '1.2.0.192.in-addr.arpa': { PTR: ['mx.a.example'] },
    'mx.a.example': { A: ['198.51.100.9'] },
    'mx.a.example.ok.example': { A: ['127.0.0.2'] },
  };
  assert.equal((await judge(zone)).result, 'fail');
});

test('a record written to eat up the questions is permerror (S-09, decision SPF-1)', async () => {
  const hosts = Object.fromEntries(
    names(100).map((name, at) => [
      name,
      {
        MX: names(100)
          .slice(at, at + 10)
          .map((mx) => `1 x${mx}`),
      },
    ]),
  );
  const terms = names(100)
    .filter((_, at) => at % 10 === 0)
    .map((name) => `mx:${name}`);
  const outcome = await judge({ ...hosts, 'a.example': record(`v=spf1 ${terms.join(' ')} +all`) });
  assert.deepEqual([outcome.result, outcome.evidence.problem?.code], ['permerror', 'too-many-questions']);
  assert.equal(outcome.evidence.asked.length, questionsMax);
});

test('records that lead back to themselves end', async () => {
  for (const text of ['v=spf1 include:a.example -all', 'v=spf1 redirect=a.example']) {
    const outcome = await judge({ 'a.example': record(text) });
    assert.deepEqual(
      [outcome.result, outcome.evidence.problem?.code],
      ['permerror', 'too-many-lookup-terms'],
      text,
    );
    assert.equal(outcome.evidence.asked.length, 1);
  }
});

test('a record over its size is permerror, one at its size is read (decision SPF-2)', async () => {
  const sized = (bytes: number): string => `v=spf1 ${'all '.repeat(bytes)}`.slice(0, bytes);
  assert.equal((await judge({ 'a.example': record(sized(recordBytesMax)) })).result, 'pass');
  const over = await judge({ 'a.example': record(sized(recordBytesMax + 1)) });
  assert.deepEqual([over.result, over.evidence.problem?.code], ['permerror', 'record-too-large']);
});

test('a silent DNS is temperror when the time is over, and no timer is left (RFC 7208 §4.6.4)', async () => {
  const clock = createFakeClock();
  const silent = { ask: () => new Promise<never>(() => undefined) };
  const judged = checkSpf(input(), { resolver: silent, clock, receiver: 'us.example' });
  await clock.advance(evaluationMs);
  const { result, evidence } = await judged;
  assert.deepEqual([result, evidence.problem?.code], ['temperror', 'out-of-time']);
  assert.equal(clock.sleeping, 0);
});

test('a message whose questions are used up is temperror, also where the reverse name is asked for (S-09)', async () => {
  const clock = createFakeClock();
  const zone = { 'a.example': record('v=spf1 ptr -all') };
  for (const queriesMax of [0, 1]) {
    const resolver = withBudget(createFakeResolver(zone), clock, { queriesMax, totalMs: 1_000 });
    const { result, evidence } = await checkSpf(input(), { resolver, clock, receiver: 'us.example' });
    assert.deepEqual([result, evidence.problem?.code], ['temperror', 'out-of-time']);
  }
});

test('an IPv4 client is never matched by IPv6, however it is written (S-07, decision SPF-9)', async () => {
  const zone = {
    'a.example': { ...record('v=spf1 ip6:::ffff:192.0.2.1 ip6:::/0 a -all'), AAAA: ['::ffff:192.0.2.1'] },
  };
  for (const ip of ['192.0.2.1', '::ffff:192.0.2.1'])
    assert.equal((await judge(zone, { ip })).result, 'fail', ip);
  assert.equal((await judge(zone, { ip: '2001:db8::1' })).result, 'pass');
});

const failing = (explanation: string): ZoneTable => ({
  'a.example': record('v=spf1 -all exp=why.example'),
  'why.example': record(explanation),
});

test('the explanation is one bounded line of printable ASCII, whoever wrote which part of it (I-37)', async () => {
  const long = await judge(failing(`no ${'x'.repeat(4_000)}`));
  assert.equal(long.explanation?.length, explanationBytesMax);
  const injected = await judge(failing('%{h} says 550%_%{l}'), {
    helo: 'x\r\n250 ok\u202e',
    from: '"a\u0007"@a.example',
  });
  assert.equal(injected.explanation, 'x??250 ok? says 550 "a?"');
  assert.equal((await judge(failing('at %{r} for %{c}'))).explanation, 'at us.example for 192.0.2.1');
});

test('an explanation that is none is left out, and the result stays (RFC 7208 §6.2)', async () => {
  for (const text of [
    '',
    '  ',
    '100%',
    'l\u00e4nger',
    'two\nlines',
    '%{x}',
    'x'.repeat(recordBytesMax + 1),
  ]) {
    const outcome = await judge(failing(text));
    assert.deepEqual([outcome.result, outcome.explanation], ['fail', undefined], text.slice(0, 20));
  }
  const several = { ...failing(''), 'why.example': { TXT: ['one', 'two'] } };
  assert.equal((await judge(several)).explanation, undefined);
  assert.equal((await judge({ ...several, 'why.example': 'servfail' })).result, 'fail');
});

test('whose explanation it is: of a redirect the other one, of an include none', async () => {
  const other = {
    'b.example': record('v=spf1 -all exp=b.b.example'),
    'b.b.example': record('from b for %{d}'),
  };
  const why = { 'why.example': record('from a') };
  const redirected = { ...other, ...why, 'a.example': record('v=spf1 exp=why.example redirect=b.example') };
  assert.equal((await judge(redirected)).explanation, 'from b for b.example');
  const included = { ...other, ...why, 'a.example': record('v=spf1 include:b.example -all exp=why.example') };
  assert.equal((await judge(included)).explanation, 'from a');
  const without = { ...other, 'a.example': record('v=spf1 include:b.example -all') };
  assert.equal((await judge(without)).explanation, undefined);
});

test('several records, and an include of or redirect to none, are permerror (RFC 7208 §4.5, §5.2, §6.1)', async () => {
  const several = await judge({ 'a.example': { TXT: ['v=spf1 +all', 'other', 'v=spf1 -all'] } });
  assert.deepEqual([several.result, several.evidence.problem?.code], ['permerror', 'several-records']);
  for (const text of ['v=spf1 include:b.example', 'v=spf1 redirect=b.example']) {
    const outcome = await judge({ 'a.example': record(text), 'b.example': record('no policy') });
    assert.deepEqual(
      [outcome.result, outcome.evidence.problem?.code],
      ['permerror', 'no-record-there'],
      text,
    );
  }
});

test('a term with %{p} counts one more, and what the explanation asks counts nothing (RFC 7208 §4.6.4)', async () => {
  const hosts = Object.fromEntries(names(10).map((name) => [name, { A: ['198.51.100.1'] }]));
  const eight = names(8)
    .map((name) => `a:${name}`)
    .join(' ');
  const zone = (terms: string): ZoneTable => ({ ...hosts, 'a.example': record(`v=spf1 ${eight} ${terms}`) });
  assert.equal((await judge(zone('exists:%{p}.no.example -all'))).result, 'fail');
  const over = await judge(zone('a:h8.example exists:%{p}.no.example -all'));
  assert.deepEqual([over.result, over.evidence.problem?.code], ['permerror', 'too-many-lookup-terms']);
  const explained = await judge({
    ...zone('a:no.example mx:no.example -all exp=why.%{p}.%{d}'),
    'why.unknown.a.example': record('no name, no mail for %{p}'),
  });
  assert.equal(explained.explanation, 'no name, no mail for unknown');
});

test('exists asks for IPv4 also for an IPv6 client, a and mx for its own kind, with its own bits', async () => {
  const zone = (text: string): ZoneTable => ({
    'a.example': { ...record(text), A: ['192.0.2.1'], AAAA: ['2001:db8::9'], MX: ['1 a.example'] },
  });
  const ip = '2001:db8::1';
  assert.equal(
    (await judge({ ...zone('v=spf1 exists:b.example -all'), 'b.example': { A: ['127.0.0.2'] } }, { ip }))
      .result,
    'pass',
  );
  for (const kind of ['a', 'mx']) {
    assert.equal((await judge(zone(`v=spf1 ${kind}/8//64 -all`), { ip })).result, 'pass', kind);
    assert.equal((await judge(zone(`v=spf1 ${kind}/8//125 -all`), { ip })).result, 'fail');
    assert.equal((await judge(zone(`v=spf1 ${kind}/8 -all`), { ip })).result, 'fail', kind);
    assert.equal((await judge(zone(`v=spf1 ${kind}/24 -all`), { ip: '192.0.2.77' })).result, 'pass', kind);
  }
});
