import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ok } from '#base/result.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeResolver } from '#platform/fake-resolver.ts';
import { withBudget } from '#platform/resolver-budget.ts';
import type { Alignment, DmarcResult, FoundPolicy } from './dmarc-outcome.ts';
import { dkimIdentifiersMax, judgeDmarc } from './judge-dmarc.ts';
import { domain, judge, judgeWith, zoneOf } from './judge-dmarc.fixture.ts';
import type { Letter, Published } from './judge-dmarc.fixture.ts';

interface Case {
  readonly of: string;
  readonly letter: Letter;
  readonly published: Published;
  readonly result: DmarcResult;
  readonly policyDomain?: string;
  readonly foundAt?: FoundPolicy['foundAt'];
  readonly tag?: FoundPolicy['tag'];
  readonly wanted?: FoundPolicy['wanted'];
  readonly organization?: string;
  readonly spf?: Alignment;
  readonly dkim?: readonly Alignment[];
  /** Names below `_dmarc`, in order; a name with another type as `name CNAME`. */
  readonly asked?: readonly string[];
}

const reject = 'v=DMARC1; p=reject';

const cases: readonly Case[] = [
  // Appendix B.1: which identifiers are aligned.
  {
    of: 'RFC 9989 §B.1.1 example 1: SPF, strict',
    letter: { from: 'example.com', spf: 'example.com' },
    published: { 'example.com': reject },
    result: 'pass',
    spf: 'strict',
    asked: ['example.com', 'com'],
  },
  {
    of: 'RFC 9989 §B.1.1 example 2: SPF, relaxed',
    letter: { from: 'example.com', spf: 'child.example.com' },
    published: { 'example.com': reject },
    result: 'pass',
    spf: 'relaxed',
    organization: 'example.com',
    asked: ['example.com', 'com', 'child.example.com'],
  },
  {
    of: 'RFC 9989 §B.1.1 example 3: SPF, none',
    letter: { from: 'child.example.com', spf: 'example.net' },
    published: { 'example.com': reject },
    result: 'fail',
    spf: 'none',
    asked: ['child.example.com', 'example.com', 'com'],
  },
  {
    of: 'RFC 9989 §B.1.2 example 1: DKIM, strict',
    letter: { from: 'example.com', dkim: ['example.com'] },
    published: { 'example.com': reject },
    result: 'pass',
    dkim: ['strict'],
  },
  {
    of: 'RFC 9989 §B.1.2 example 2: DKIM, relaxed',
    letter: { from: 'child.example.com', dkim: ['example.com'] },
    published: { 'example.com': reject },
    result: 'pass',
    dkim: ['relaxed'],
    organization: 'example.com',
  },
  {
    of: 'RFC 9989 §B.1.2 example 3: DKIM, none',
    letter: { from: 'child.example.com', dkim: ['example.net'] },
    published: { 'example.com': reject },
    result: 'fail',
    dkim: ['none'],
  },
  // Appendix B.2: what owners publish.
  {
    of: 'RFC 9989 §B.2.1: monitoring only',
    letter: { from: 'example.com' },
    published: { 'example.com': 'v=DMARC1; p=none; rua=mailto:dmarc-feedback@example.com' },
    result: 'fail',
    wanted: 'none',
  },
  {
    of: 'RFC 9989 §B.2.5: a sub-domain on trial',
    letter: { from: 'test.example.com' },
    published: {
      'test.example.com':
        'v=DMARC1; p=quarantine; rua=mailto:dmarc-feedback@example.com,mailto:tld-test@thirdparty.example.net; t=y',
    },
    result: 'fail',
    policyDomain: 'test.example.com',
    foundAt: 'author-domain',
    wanted: 'none',
  },
  {
    of: 'RFC 9989 §B.3.1: SMTP session',
    letter: { from: 'example.com', spf: 'mail.example.com', dkim: ['example.com'] },
    published: { 'example.com': 'v=DMARC1; p=reject; aspf=r; rua=mailto:dmarc-feedback@example.com' },
    result: 'pass',
    spf: 'relaxed',
    dkim: ['strict'],
  },
  // Appendix B.4: tree walks.
  {
    of: 'RFC 9989 §B.4.1: simple',
    letter: { from: 'example.com', spf: 'example.com', dkim: ['signing.example.com'] },
    published: { 'example.com': reject, 'signing.example.com': 'v=DMARC1; p=none' },
    result: 'pass',
    spf: 'strict',
    dkim: ['relaxed'],
    organization: 'example.com',
    policyDomain: 'example.com',
    asked: ['example.com', 'com', 'signing.example.com'],
  },
  {
    of: 'RFC 9989 §B.4.2: deep',
    letter: { from: 'a.b.c.d.e.f.g.h.i.j.k.example.com', spf: 'example.com', dkim: ['signing.example.com'] },
    published: { 'example.com': reject, 'signing.example.com': 'v=DMARC1; p=none' },
    result: 'pass',
    spf: 'relaxed',
    dkim: ['relaxed'],
    organization: 'example.com',
    policyDomain: 'example.com',
    foundAt: 'organizational-domain',
    asked: [
      'a.b.c.d.e.f.g.h.i.j.k.example.com',
      'g.h.i.j.k.example.com',
      'h.i.j.k.example.com',
      'i.j.k.example.com',
      'j.k.example.com',
      'k.example.com',
      'example.com',
      'com',
      'signing.example.com',
    ],
  },
  {
    of: 'RFC 9989 §B.4.3: a public suffix with a record',
    letter: { from: 'giant.bank.example', spf: 'mail.giant.bank.example', dkim: ['mail.mega.bank.example'] },
    published: { 'bank.example': 'v=DMARC1; p=none; psd=y', 'giant.bank.example': reject },
    result: 'pass',
    spf: 'relaxed',
    dkim: ['none'],
    organization: 'giant.bank.example',
    policyDomain: 'giant.bank.example',
    asked: ['giant.bank.example', 'bank.example', 'mail.giant.bank.example'],
  },
  // §4.10: the walk.
  {
    of: 'RFC 9989 §4.10: eight labels take eight questions',
    letter: { from: 'a.b.c.d.e.f.example.com' },
    published: {},
    result: 'none',
    asked: [
      'a.b.c.d.e.f.example.com',
      'b.c.d.e.f.example.com',
      'c.d.e.f.example.com',
      'd.e.f.example.com',
      'e.f.example.com',
      'f.example.com',
      'example.com',
      'com',
    ],
  },
  {
    of: 'RFC 9989 §4.10: from more than eight on to seven',
    letter: { from: 'a.b.c.d.e.f.g.h.i.j.mail.example.com' },
    published: {},
    result: 'none',
    asked: [
      'a.b.c.d.e.f.g.h.i.j.mail.example.com',
      'g.h.i.j.mail.example.com',
      'h.i.j.mail.example.com',
      'i.j.mail.example.com',
      'j.mail.example.com',
      'mail.example.com',
      'example.com',
      'com',
    ],
  },
  {
    of: 'RFC 9989 §4.10: a record that is passed over is not found',
    letter: { from: 'a.b.c.d.e.f.g.h.example.com' },
    published: { 'b.c.d.e.f.g.h.example.com': reject, 'd.e.f.g.h.example.com': 'v=DMARC1; p=quarantine' },
    result: 'fail',
    policyDomain: 'd.e.f.g.h.example.com',
  },
  {
    of: 'RFC 9989 §4.10 step 2: several records are none',
    letter: { from: 'mail.example.com' },
    published: { 'mail.example.com': [reject, 'v=DMARC1; p=none'], 'example.com': 'v=DMARC1; p=quarantine' },
    result: 'fail',
    policyDomain: 'example.com',
    wanted: 'quarantine',
  },
  {
    of: 'RFC 9989 §4.10 step 2: other TXT records do not count',
    letter: { from: 'example.com' },
    published: { 'example.com': ['v=spf1 -all', reject, 'v=DMARC2; p=none'] },
    result: 'fail',
    wanted: 'reject',
  },
  {
    of: 'RFC 9989 §4.10: a single label is asked for, and may publish',
    letter: { from: 'example' },
    published: { example: reject },
    result: 'fail',
    policyDomain: 'example',
    asked: ['example'],
  },
  {
    of: 'RFC 9989 §4.10 step 6: psd=n ends the walk',
    letter: { from: 'a.mail.example.com' },
    published: { 'mail.example.com': 'v=DMARC1; p=quarantine; psd=n', 'example.com': reject },
    result: 'fail',
    policyDomain: 'mail.example.com',
    asked: ['a.mail.example.com', 'mail.example.com'],
  },
  // §4.10.1: policy discovery.
  {
    of: 'RFC 9989 §4.10.1: the author domain comes first, p even below another',
    letter: { from: 'mail.example.com' },
    published: { 'mail.example.com': 'v=DMARC1; p=none; sp=reject', 'example.com': reject },
    result: 'fail',
    policyDomain: 'mail.example.com',
    tag: 'p',
    wanted: 'none',
    // The others tell its organizational domain.
    asked: ['mail.example.com', 'example.com', 'com'],
  },
  {
    of: 'RFC 9989 §4.10.1: the highest record holds, not the nearest',
    letter: { from: 'a.mail.example.com' },
    published: { 'mail.example.com': 'v=DMARC1; p=none', 'example.com': 'v=DMARC1; p=none; sp=reject' },
    result: 'fail',
    policyDomain: 'example.com',
    foundAt: 'organizational-domain',
    tag: 'sp',
    wanted: 'reject',
  },
  {
    of: 'RFC 9989 §4.10.1: the public suffix speaks where the organizational domain is silent',
    letter: { from: 'giant.bank.example' },
    published: { 'bank.example': 'v=DMARC1; p=none; sp=reject; psd=y' },
    result: 'fail',
    policyDomain: 'bank.example',
    foundAt: 'public-suffix-domain',
    tag: 'sp',
    wanted: 'reject',
  },
  {
    of: 'RFC 9989 §4.10.1: the public suffix is silent where the organizational domain speaks',
    letter: { from: 'mail.giant.bank.example' },
    published: { 'bank.example': 'v=DMARC1; p=reject; psd=y', 'giant.bank.example': 'v=DMARC1; p=none' },
    result: 'fail',
    policyDomain: 'giant.bank.example',
    foundAt: 'organizational-domain',
    wanted: 'none',
  },
  {
    of: 'RFC 9989 §4.10.1: a record between them is no policy',
    letter: { from: 'a.mail.giant.bank.example' },
    published: { 'bank.example': 'v=DMARC1; p=reject; psd=y', 'mail.giant.bank.example': 'v=DMARC1; p=none' },
    result: 'fail',
    policyDomain: 'bank.example',
    wanted: 'reject',
  },
  {
    of: 'RFC 9989 §4.10.1: no readable policy, but reports are wanted: p=none',
    letter: { from: 'example.com' },
    published: { 'example.com': 'v=DMARC1; p=rejct; rua=mailto:a@example.com' },
    result: 'fail',
    tag: 'default',
    wanted: 'none',
  },
  {
    of: 'RFC 9989 §4.10.1: a broken sp spoils p, but reports are wanted: p=none',
    letter: { from: 'example.com' },
    published: { 'example.com': 'v=DMARC1; p=reject; sp=junk; rua=mailto:a@example.com' },
    result: 'fail',
    tag: 'default',
    wanted: 'none',
  },
  {
    of: 'RFC 9989 §4.10.1: no readable policy and no reports: DMARC is not applied',
    letter: { from: 'example.com', spf: 'example.com' },
    published: { 'example.com': 'v=DMARC1; p=reject; np=?; rua=nobody' },
    result: 'permerror',
    spf: 'strict',
  },
  {
    of: 'RFC 9989 §4.10.1: no record at all',
    letter: { from: 'example.com', spf: 'example.com', dkim: ['mail.example.com'] },
    published: {},
    result: 'none',
    spf: 'strict',
    dkim: ['none'],
    asked: ['example.com', 'com'],
  },
  {
    of: 'C-11: a policy at the domain of SPF or DKIM changes nothing',
    letter: { from: 'example.com', spf: 'other.example', dkim: ['third.example'] },
    published: { 'other.example': reject, 'third.example': reject },
    result: 'none',
    asked: ['example.com', 'com'],
  },
  // §4.10.2: alignment.
  {
    of: 'RFC 9989 §4.10.2: psd=n below makes two organizations',
    letter: { from: 'example.com', spf: 'mail.example.com' },
    published: { 'example.com': reject, 'mail.example.com': 'v=DMARC1; p=none; psd=n' },
    result: 'fail',
    spf: 'none',
  },
  {
    of: 'RFC 9989 §4.10.2: two customers of one suffix are not aligned',
    letter: { from: 'mega.bank.example', spf: 'giant.bank.example' },
    published: { 'bank.example': 'v=DMARC1; p=reject; psd=y' },
    result: 'fail',
    spf: 'none',
    organization: 'mega.bank.example',
    // Without a record the suffix itself is not even walked for the other.
    asked: ['mega.bank.example', 'bank.example'],
  },
  {
    of: 'RFC 9989 §4.10.2: the suffix does not speak for its customers',
    letter: { from: 'mega.bank.example', dkim: ['bank.example'] },
    published: { 'bank.example': 'v=DMARC1; p=reject; psd=y' },
    result: 'fail',
    dkim: ['none'],
  },
  {
    of: 'RFC 9989 §4.10.2: psd=y at the start is no parent of itself',
    letter: { from: 'bank.example', spf: 'bank.example', dkim: ['mega.bank.example'] },
    published: { 'bank.example': 'v=DMARC1; p=reject; psd=y' },
    result: 'pass',
    spf: 'strict',
    dkim: ['none'],
    organization: 'bank.example',
  },
  {
    of: 'RFC 9989 §11.8: a sub-domain of the organization vouches for all of it, as published',
    letter: { from: 'example.com', spf: 'evil.example.com' },
    published: { 'example.com': reject },
    result: 'pass',
    spf: 'relaxed',
  },
  {
    of: 'RFC 9989 §11.8: unless alignment is strict',
    letter: { from: 'example.com', spf: 'evil.example.com', dkim: ['evil.example.com'] },
    published: { 'example.com': 'v=DMARC1; p=reject; aspf=s; adkim=s' },
    result: 'fail',
    spf: 'none',
    dkim: ['none'],
    asked: ['example.com'],
  },
  {
    of: 'I-43: a name that only ends alike is a stranger',
    letter: { from: 'example.com', spf: 'evilexample.com', dkim: ['example.com.evil.example'] },
    published: { 'example.com': reject, 'evilexample.com': 'v=DMARC1; p=none' },
    result: 'fail',
    spf: 'none',
    dkim: ['none'],
    asked: ['example.com', 'com'],
  },
  {
    of: 'RFC 4343: case does not count',
    letter: { from: 'example.com', spf: 'EXAMPLE.com' },
    published: { 'example.com': reject },
    result: 'pass',
    spf: 'strict',
  },
  {
    of: 'what is no domain never aligns',
    letter: { from: 'example.com', spf: 'example.com\0.evil.example', dkim: ['example.com.', ''] },
    published: { 'example.com': reject },
    result: 'fail',
    spf: 'none',
    dkim: ['none', 'none'],
  },
  // §5.3.5 and §5.3.6: pass, fail and what cannot be said.
  {
    of: 'I-44: results other than pass prove nothing, even of the author domain',
    letter: {
      from: 'example.com',
      spf: { result: 'softfail', domain: 'example.com' },
      dkim: (['fail', 'policy', 'neutral', 'permerror', 'none'] as const).map((result) => ({
        result,
        domain: 'example.com',
        selector: 's',
      })),
    },
    published: { 'example.com': reject },
    result: 'fail',
  },
  {
    of: 'RFC 9989 §5.3.6: an aligned signature that could not be checked leaves it open',
    letter: {
      from: 'example.com',
      dkim: [{ result: 'temperror', domain: 'mail.example.com', selector: 's' }],
    },
    published: { 'example.com': reject },
    result: 'temperror',
    dkim: ['relaxed'],
  },
  {
    of: 'a stranger’s signature that could not be checked does not',
    letter: { from: 'example.com', dkim: [{ result: 'temperror', domain: 'evil.example', selector: 's' }] },
    published: { 'example.com': reject },
    result: 'fail',
    asked: ['example.com', 'com'],
  },
  {
    of: 'one aligned pass is enough, whatever else went wrong',
    letter: {
      from: 'example.com',
      spf: { result: 'temperror', domain: 'example.com' },
      dkim: [{ result: 'permerror', domain: 'example.com', selector: 's' }, 'example.com'],
    },
    published: { 'example.com': reject },
    result: 'pass',
  },
  {
    of: 'RFC 9989 §5.3.6: the policy of the author domain cannot be asked',
    letter: { from: 'example.com', spf: 'example.com' },
    published: { 'example.com': 'servfail' },
    result: 'temperror',
  },
  {
    of: 'RFC 9989 §5.3.6: a question on the way up is not answered',
    letter: { from: 'mail.example.com' },
    published: { 'example.com': 'timeout' },
    result: 'temperror',
  },
  {
    of: 'RFC 9989 §5.3.6: alignment cannot be asked',
    letter: { from: 'example.com', spf: 'mail.example.com' },
    published: { 'example.com': reject, 'mail.example.com': 'servfail' },
    result: 'temperror',
    spf: 'unknown',
  },
  {
    of: 'an unanswered question about one identifier does not matter when another is aligned',
    letter: { from: 'example.com', spf: 'mail.example.com', dkim: ['example.com'] },
    published: { 'example.com': reject, 'mail.example.com': 'servfail' },
    result: 'pass',
  },
];

for (const one of cases) {
  test(one.of, async () => {
    const { outcome, asked } = await judge(one.letter, one.published);
    const { policy } = outcome;
    const seen = {
      of: one.of,
      letter: one.letter,
      published: one.published,
      result: outcome.result,
      policyDomain: policy?.domain,
      foundAt: policy?.foundAt,
      tag: policy?.tag,
      wanted: policy?.wanted,
      organization: outcome.organizationalDomain,
      spf: outcome.spf?.alignment,
      dkim: outcome.dkim.map(({ alignment }) => alignment),
      asked: asked.map((question) => question.replace(/^_dmarc\.(.*) TXT$/, '$1')),
    };
    assert.deepEqual(
      Object.fromEntries(Object.entries(seen).filter(([key]) => key in one)),
      one,
      outcome.reason,
    );
    assert.deepEqual(
      outcome.asked.map(({ name, type }) => `${name} ${type}`),
      asked,
    );
  });
}

const unlike = 'v=DMARC1; p=none; sp=quarantine; np=reject';
const existence: readonly (readonly [of: string, Published, string, readonly string[]])[] = [
  [
    'np holds for a name that does not exist',
    { 'example.com': unlike },
    'np reject',
    ['ghost.example.com CNAME'],
  ],
  [
    'sp holds where np is left out',
    { 'example.com': 'v=DMARC1; p=none; sp=quarantine' },
    'sp quarantine',
    [],
  ],
  ['p holds where both are left out', { 'example.com': 'v=DMARC1; p=quarantine' }, 'p quarantine', []],
  [
    'nobody is asked where both say the same',
    { 'example.com': 'v=DMARC1; p=none; sp=reject; np=reject' },
    'sp reject',
    [],
  ],
  ['np of a public suffix', { com: `${unlike}; psd=y` }, 'np reject', ['ghost.example.com CNAME']],
];

for (const [of, published, says, more] of existence) {
  test(`RFC 9989 §4.7 np: ${of}`, async () => {
    const { outcome, asked } = await judge({ from: 'ghost.example.com' }, published);
    assert.equal(`${outcome.policy?.tag} ${outcome.policy?.wanted}`, says);
    assert.deepEqual(
      asked.filter((question) => !question.endsWith(' TXT')),
      more,
    );
  });
}

test('np: NXDOMAIN alone means that a name does not exist', async () => {
  const published = { 'example.com': unlike };
  const from = 'ghost.example.com';
  const exists = await judge({ from }, published, { [from]: { MX: ['10 mx.example.net'] } });
  assert.equal(exists.outcome.policy?.tag, 'sp');
  const alias = await judge({ from }, published, { [from]: { CNAME: ['gone.example.net'] } });
  assert.equal(alias.outcome.policy?.tag, 'sp', 'an alias that leads nowhere is there itself');
  const open = await judge({ from }, published, { [from]: 'servfail' });
  assert.equal(open.outcome.result, 'temperror');
  assert.deepEqual(open.outcome.unanswered, { name: from, failure: 'servfail' });
  const passed = await judge({ from, spf: from }, published, { [from]: 'servfail' });
  assert.equal(passed.outcome.result, 'pass', 'a message that passed needs no policy');
});

test('RFC 9989 §4.7 t: the policy is lowered by one level', async () => {
  for (const [p, wanted] of [
    ['reject', 'quarantine'],
    ['quarantine', 'none'],
    ['none', 'none'],
  ] as const) {
    const { outcome } = await judge({ from: 'example.com' }, { 'example.com': `v=DMARC1; p=${p}; t=y` });
    assert.deepEqual([outcome.policy?.published, outcome.policy?.wanted], [p, wanted]);
  }
});

test('alignment matrix: mechanism × mode × how the domains stand to each other × result (P-21, I-44)', async () => {
  const author = 'news.example.com';
  const stands = {
    'news.example.com': 'same',
    'a.news.example.com': 'tree',
    'example.com': 'tree',
    'foo.example.com': 'tree',
    'foo.example.net': 'foreign',
    com: 'foreign',
    'example.org': 'foreign',
  } as const;
  for (const [identifier, relation] of Object.entries(stands)) {
    for (const mode of ['r', 's'] as const) {
      for (const result of ['pass', 'fail', 'none', 'permerror', 'neutral'] as const) {
        for (const mechanism of ['spf', 'dkim'] as const) {
          const published = { 'example.com': `v=DMARC1; p=reject; a${mechanism}=${mode}` };
          const letter =
            mechanism === 'spf'
              ? { from: author, spf: { result, domain: identifier } }
              : { from: author, dkim: [{ result, domain: identifier, selector: 's' }] };
          const { outcome } = await judge(letter, published);
          const aligned = relation === 'same' || (relation === 'tree' && mode === 'r');
          const expected = aligned && result === 'pass' ? 'pass' : 'fail';
          assert.equal(outcome.result, expected, `${mechanism}=${result} ${identifier} ${mode}`);
        }
      }
    }
  }
});

test('policy matrix: p × sp × np × which name wrote, and whether it exists (P-21)', async () => {
  const values = ['none', 'quarantine', 'reject'] as const;
  const maybe = [undefined, ...values] as const;
  for (const p of values)
    for (const sp of maybe)
      for (const np of maybe) {
        const tags = [`p=${p}`, sp === undefined ? '' : `sp=${sp}`, np === undefined ? '' : `np=${np}`];
        const published = { 'example.com': `v=DMARC1; ${tags.join(';')}` };
        const zone = { 'there.example.com': { A: ['192.0.2.1'] } };
        const wanted = async (from: string) =>
          (await judge({ from }, published, zone)).outcome.policy?.wanted;
        assert.equal(await wanted('example.com'), p);
        assert.equal(await wanted('there.example.com'), sp ?? p);
        assert.equal(await wanted('ghost.example.com'), np ?? sp ?? p);
      }
});

test('the policy is sought before SPF and DKIM have used up the DNS budget (S-09)', async () => {
  const clock = createFakeClock();
  const resolver = withBudget(createFakeResolver(zoneOf({ 'example.com': reject })), clock, {
    queriesMax: 3,
    totalMs: 1000,
  });
  const greedy = (async () => {
    for (let i = 0; i < 10; i += 1) await resolver.ask(`${i}.evil.example`, 'TXT');
    return { result: 'pass', domain: 'evil.example' } as const;
  })();
  const outcome = await judgeDmarc(
    { authorDomain: domain('example.com'), spf: greedy, dkim: [] },
    { resolver, clock },
  );
  assert.equal(outcome.result, 'fail');
  assert.equal(outcome.policy?.wanted, 'reject');
});

test('a budget that is used up is told apart from a DNS that is silent', async () => {
  const outcome = await judgeWith(
    { from: 'example.com' },
    createFakeResolver(zoneOf({ 'example.com': 'budget' })),
  );
  assert.deepEqual(outcome.unanswered, { name: '_dmarc.example.com', failure: 'budget' });
  assert.match(outcome.reason, /DNS budget/);
});

test('names that cannot be in the DNS are not asked for', async () => {
  const label = 'a'.repeat(60);
  const long = `${label}.${label}.${label}.${label}.example`;
  assert.ok(long.length <= 253);
  const { outcome, asked } = await judge({ from: long }, { example: reject });
  assert.equal(asked.length, 4);
  assert.equal(outcome.policy?.domain, 'example');
});

test('a message with many signatures costs no more than its own tree', async () => {
  const deep = (i: number) => `${'x.'.repeat(100)}${i}.example.com`;
  const dkim = Array.from({ length: 100 }, (_, i) => deep(i));
  const { outcome, asked } = await judge({ from: 'example.com', dkim }, { 'example.com': reject });
  assert.equal(outcome.dkim.length, dkimIdentifiersMax);
  assert.ok(asked.length <= 2 + 7 * dkimIdentifiersMax, `${asked.length} questions`);
  const strangers = dkim.map((name) => name.replace('example.com', 'evil.example'));
  assert.equal(
    (await judge({ from: 'example.com', dkim: strangers }, { 'example.com': reject })).asked.length,
    2,
  );
});

test('the public suffix list is noted and decides nothing (I-43)', async () => {
  // blogspot.com is a private suffix: the older rule keeps its customers apart, the tree walk sees one record.
  const published = { 'blogspot.com': reject };
  const { outcome } = await judge({ from: 'a.blogspot.com', spf: 'b.blogspot.com' }, published);
  assert.equal(outcome.result, 'pass');
  assert.deepEqual(outcome.publicSuffix, {
    organizationalDomain: 'a.blogspot.com',
    spfAligned: false,
    dkimAligned: false,
    differs: true,
  });
  const alike = await judge({ from: 'example.com', spf: 'mail.example.com' }, { 'example.com': reject });
  assert.deepEqual(alike.outcome.publicSuffix, {
    organizationalDomain: 'example.com',
    spfAligned: true,
    dkimAligned: false,
    differs: false,
  });
});

test('records with huge or foreign text are told cleaned', async () => {
  const text = `v=DMARC1; p=none; x=\u001b[31m${'y'.repeat(60_000)}`;
  const resolver = {
    ask: () =>
      Promise.resolve(
        ok({ records: [{ type: 'TXT', name: '', data: text } as const], ttlMs: 1, authenticated: false }),
      ),
  };
  const outcome = await judgeWith({ from: 'example.com' }, resolver);
  const told = JSON.stringify(outcome.asked);
  assert.ok(told.length < 2000 && !told.includes('\u001b') && !told.includes('\\u001b'));
});

test('S-09: what is asked of the author is asked before SPF and the signatures come', async () => {
  const resolver = createFakeResolver({ ...zoneOf({ 'example.com': `${unlike}; psd=n` }) });
  const dkim = Promise.withResolvers<readonly []>();
  const spf = Promise.withResolvers<undefined>();
  const judging = judgeDmarc(
    { authorDomain: domain('ghost.sub.example.com'), spf: spf.promise, dkim: dkim.promise },
    { resolver, clock: createFakeClock() },
  );
  await new Promise((resolve) => setTimeout(resolve, 5));
  const early = resolver.asked.length;
  spf.resolve(undefined);
  dkim.resolve([]);
  assert.equal((await judging).policy?.tag, 'np');
  assert.equal(resolver.asked.length, early);
});
