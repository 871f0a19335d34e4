import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeCases, reject } from './dmarc-cases.fixture.ts';
import { judge } from './judge-dmarc.fixture.ts';

judgeCases([
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
]);

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
