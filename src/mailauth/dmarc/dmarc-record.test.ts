import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mailtoAddress, readDmarcRecord } from './dmarc-record.ts';
import type { DmarcRecord } from './dmarc-record.ts';

const empty: DmarcRecord = {
  p: undefined,
  sp: undefined,
  np: undefined,
  testing: false,
  psd: 'u',
  adkim: 'relaxed',
  aspf: 'relaxed',
  fo: '0',
  rua: [],
  ruf: [],
  policyBroken: true,
};

/** RFC 9989 §4.7 and §4.8: a text and what is read in it beyond the defaults; `none`: it is no record. */
const cases: readonly (readonly [text: string, read: Partial<DmarcRecord> | 'none'])[] = [
  // §4.8 dmarc-version: the first tag, its value case sensitive, else the whole record is ignored.
  ['v=DMARC1', {}],
  ['v=DMARC1;', {}],
  ['V = DMARC1 ; p = none', { p: 'none', policyBroken: false }],
  ['v=dmarc1; p=reject', 'none'],
  ['v=DMARC2; p=reject', 'none'],
  ['v=DMARC1 p=reject', 'none'],
  ['v=DMARC10; p=reject', 'none'],
  [' v=DMARC1; p=reject', 'none'],
  ['p=reject; v=DMARC1', 'none'],
  ['v="DMARC1"; p=reject', 'none'],
  ['v=spf1 -all', 'none'],
  ['', 'none'],
  // §4.7 p, sp, np.
  ['v=DMARC1;p=reject', { p: 'reject', policyBroken: false }],
  ['v=DMARC1; p=Reject;', { p: 'reject', policyBroken: false }],
  [
    'v=DMARC1; sp=none; np=reject; p=quarantine',
    { p: 'quarantine', sp: 'none', np: 'reject', policyBroken: false },
  ],
  ['v=DMARC1; p=rejected', {}],
  ['v=DMARC1; p=', {}],
  ['v=DMARC1; p=reject; sp=all', { p: 'reject' }],
  ['v=DMARC1; p=reject; np=', { p: 'reject' }],
  // §4.7 t, psd, adkim, aspf: what cannot be read counts as the default.
  ['v=DMARC1; p=none; t=y', { p: 'none', testing: true, policyBroken: false }],
  ['v=DMARC1; p=none; t=yes', { p: 'none', policyBroken: false }],
  ['v=DMARC1; p=none; psd=y', { p: 'none', psd: 'y', policyBroken: false }],
  ['v=DMARC1; p=none; psd=N', { p: 'none', psd: 'n', policyBroken: false }],
  ['v=DMARC1; p=none; psd=1', { p: 'none', policyBroken: false }],
  ['v=DMARC1; p=none; adkim=s; aspf=S', { p: 'none', adkim: 'strict', aspf: 'strict', policyBroken: false }],
  ['v=DMARC1; p=none; adkim=strict; aspf=', { p: 'none', policyBroken: false }],
  // §4.7 fo.
  ['v=DMARC1; p=none; fo=1:d:s', { p: 'none', fo: '1:d:s', policyBroken: false }],
  ['v=DMARC1; p=none; fo=0:1', { p: 'none', policyBroken: false }],
  ['v=DMARC1; p=none; fo=d:d', { p: 'none', policyBroken: false }],
  ['v=DMARC1; p=none; fo=x', { p: 'none', policyBroken: false }],
  // §4.7 and RFC 7489: unknown and obsolete tags are ignored (I-43).
  ['v=DMARC1; p=reject; pct=0; rf=iodef; ri=1; x=y', { p: 'reject', policyBroken: false }],
  ['v=DMARC1; rubbish; =x; p=reject; ;; é=1', { p: 'reject', policyBroken: false }],
  // Of a repeated tag the first counts.
  ['v=DMARC1; p=reject; p=none', { p: 'reject', policyBroken: false }],
  // §4.8 dmarc-urilist; the obsolete size limit is taken off.
  [
    'v=DMARC1; p=none; rua=mailto:a@example.com!10m , mailto:b%21c@example.net,https://example.org/r?x=1',
    {
      p: 'none',
      rua: ['mailto:a@example.com', 'mailto:b%21c@example.net', 'https://example.org/r?x=1'],
      policyBroken: false,
    },
  ],
  ['v=DMARC1; rua=a@example.com,mailto:,mailto:nobody,mailto:%ff@example.com,:,mailto:a b@example.com', {}],
  ['v=DMARC1; ruf=mailto:a@example.com', { ruf: ['mailto:a@example.com'] }],
  ['v=DMARC1; rua=mailto:a@example.com\r\nBcc: b@example.com', {}],
];

for (const [text, read] of cases) {
  test(`DMARC record ${JSON.stringify(text)}`, () => {
    assert.deepEqual(readDmarcRecord(text), read === 'none' ? undefined : { ...empty, ...read });
  });
}

test('destinations and tags are bounded', () => {
  const many = Array.from({ length: 100 }, (_, i) => `mailto:a${i}@example.com`).join(',');
  assert.equal(readDmarcRecord(`v=DMARC1; p=none; rua=${many}`)?.rua.length, 16);
  const filler = 'x=y;'.repeat(64);
  assert.equal(readDmarcRecord(`v=DMARC1;${filler}p=reject`)?.p, undefined);
  assert.equal(readDmarcRecord(`v=DMARC1;p=reject;${filler.repeat(1000)}`)?.p, 'reject');
});

test('a mailto URI names one address', () => {
  assert.equal(mailtoAddress('mailto:dmarc%2Breports@example.com?subject=x'), 'dmarc+reports@example.com');
  assert.equal(mailtoAddress('MAILTO:a@example.com'), 'a@example.com');
  assert.equal(mailtoAddress('mailto:a@example.com,b@example.com'), undefined);
  assert.equal(mailtoAddress('mailto:a@example.com%0D%0ABcc:b@example.com'), undefined);
  assert.equal(mailtoAddress('https://example.com'), undefined);
});
