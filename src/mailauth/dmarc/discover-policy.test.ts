import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeCases, reject, unlike } from './dmarc-cases.fixture.ts';
import { judge } from './judge-dmarc.fixture.ts';
import type { Published } from './judge-dmarc.fixture.ts';

judgeCases([
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
]);

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
