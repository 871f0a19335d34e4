import assert from 'node:assert/strict';
import { test } from 'node:test';
import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { DnsAnswer, DnsFailure } from '#platform/resolver.ts';
import { parseDomain } from '#mail/domain.ts';
import type { DnsList } from './dns-list.ts';
import { dnsLists } from './dns-lists.ts';
import { listQuestion, subjectLabels } from './list-question.ts';
import { ownAddressList } from './own-zones.ts';
import { psbl, spamcop } from './profiles/address-lists.ts';
import { surbl, uribl } from './profiles/link-lists.ts';
import { spamhausDbl, spamhausZen } from './profiles/spamhaus.ts';
import { readListAnswer } from './read-list-answer.ts';

const zone = parseDomain('bl.example.net');
assert.ok(zone.ok);
const own = ownAddressList(zone.value);

function answer(...addresses: readonly string[]): Result<DnsAnswer, DnsFailure> {
  const records = addresses.map((data) => ({ type: 'A', name: 'x', data }) as const);
  return ok({ records, ttlMs: 1000, authenticated: false });
}

function says(list: DnsList, given: Result<DnsAnswer, DnsFailure>): string {
  const read = readListAnswer(list, given);
  switch (read.kind) {
    case 'listed':
      return `listed ×${read.share}: ${read.meanings.join(' + ')}`;
    case 'error':
      return `error: ${read.problem}`;
    case 'unanswered':
      return `unanswered: ${read.failure}`;
    default:
      return read.kind;
  }
}

test('P-22: what answers of each list mean', () => {
  const rows: readonly (readonly [DnsList, readonly string[], string])[] = [
    [spamhausZen, ['127.0.0.2'], 'listed ×1: a source of spam (SBL)'],
    [spamhausZen, ['127.0.0.3'], 'listed ×1: a source of spam, found by machine (CSS)'],
    [spamhausZen, ['127.0.0.4'], 'listed ×1: an infected or abused host (XBL)'],
    [
      spamhausZen,
      ['127.0.0.10'],
      'listed ×0.6: an address that should not send mail, says its provider (PBL)',
    ],
    [spamhausZen, ['127.0.0.11'], 'listed ×0.6: an address that should not send mail (PBL)'],
    [
      spamhausZen,
      ['127.0.0.2', '127.0.0.9'],
      'listed ×2: a source of spam (SBL) + a network in criminal hands (DROP)',
    ],
    [spamhausDbl, ['127.0.1.4'], 'listed ×1.5: a domain of phishing'],
    [spamhausDbl, ['127.0.1.103'], 'listed ×0.3: a redirector that is abused'],
    [spamcop, ['127.0.0.2'], 'listed ×1: a source of spam'],
    [psbl, ['127.0.0.2'], 'listed ×1: a source of spam'],
    [surbl, ['127.0.0.8'], 'listed ×1.5: phishing (PH)'],
    [surbl, ['127.0.0.80'], 'listed ×1.5: malware (MW) + spam (ABUSE)'],
    [uribl, ['127.0.0.2'], 'listed ×1: a domain of spammers (black)'],
    [uribl, ['127.0.0.8'], 'listed ×0: a young or hidden domain (red)'],
    [
      uribl,
      ['127.0.0.14'],
      'listed ×1: a domain of spammers (black) + a domain of bulk mail (grey) + a young or hidden domain (red)',
    ],
    [own, ['127.0.0.77'], 'listed ×1: listed'],
  ];
  for (const [list, addresses, expected] of rows)
    assert.equal(says(list, answer(...addresses)), expected, `${list.name} ${addresses.join(' ')}`);
});

test('P-22: errors, strangers and unknown codes are never a hit, of any list', () => {
  for (const list of [...dnsLists, own]) {
    for (const code of [
      '127.255.255.252',
      '127.255.255.254',
      '127.255.255.255',
      '127.255.255.7',
      '127.0.0.1',
    ])
      assert.match(says(list, answer(code)), /^error: /, `${list.name} ${code}`);
    // Whoever sells names that nobody has, and a provider's page of advertisements.
    for (const stranger of ['192.0.2.1', '203.0.113.80', '10.0.0.1', '1.2.3.4', '128.0.0.2', '0.0.0.0'])
      assert.match(says(list, answer(stranger)), /outside 127/, `${list.name} ${stranger}`);
    // An error beside a hit: what it says cannot be believed.
    assert.match(says(list, answer('127.0.0.2', '127.255.255.254')), /public resolver/);
    assert.equal(says(list, answer()), 'clean');
    assert.equal(says(list, err('nxdomain')), 'clean');
    assert.equal(says(list, err('nodata')), 'clean');
    for (const failure of ['servfail', 'timeout', 'budget'] as const)
      assert.equal(says(list, err(failure)), `unanswered: ${failure}`);
  }
  assert.match(says(spamhausZen, answer('127.0.0.77')), /unknown/);
  assert.match(says(spamhausDbl, answer('127.0.1.255')), /domains only/);
  assert.match(says(surbl, answer('127.0.0.3')), /unknown/, 'bits without a meaning');
  assert.match(says(surbl, answer('127.0.1.8')), /unknown/);
});

test('names of questions: IPv4 and IPv6 in reverse, domains as they are, keys as a place to fill', () => {
  const none = { hasKey: () => false };
  const all = { hasKey: () => true };
  assert.equal(listQuestion(spamhausZen, subjectLabels('203.0.113.5'), none), '5.113.0.203.zen.spamhaus.org');
  assert.equal(
    listQuestion(spamhausZen, subjectLabels('2001:db8::1'), none),
    `1.${'0.'.repeat(23)}8.b.d.0.1.0.0.2.zen.spamhaus.org`,
  );
  assert.equal(listQuestion(spamcop, subjectLabels('2001:db8::1'), none), undefined, 'it has no IPv6');
  assert.equal(listQuestion(spamhausDbl, subjectLabels('example.org'), none), 'example.org.dbl.spamhaus.org');
  assert.equal(listQuestion(spamhausDbl, subjectLabels('203.0.113.5'), none), undefined, 'domains only');
  assert.equal(listQuestion(surbl, subjectLabels('203.0.113.5'), none), '5.113.0.203.multi.surbl.org');
  assert.equal(listQuestion(surbl, subjectLabels('2001:db8::1'), none), undefined);
  assert.equal(
    listQuestion(spamhausZen, subjectLabels('203.0.113.5'), all),
    '5.113.0.203.{spamhaus}.zen.dq.spamhaus.net',
  );
  assert.equal(
    listQuestion(surbl, subjectLabels(`${'a'.repeat(63)}.`.repeat(4)), none),
    undefined,
    'too long for the DNS',
  );
});

test('each profile says its terms, and only what is free for everyone is on', () => {
  for (const { name, terms, termsAt, lookUpAt, action } of dnsLists) {
    assert.match(terms, /^[A-Z].{10,}\.$/, name);
    assert.match(termsAt, /^https:\/\//, name);
    assert.match(lookUpAt, /^https:\/\//, name);
    assert.equal(action === 'score', terms.startsWith('Free for everyone'), name);
  }
});

test('I-30: each answer of the Spamhaus DBL has its meaning, and its error is no hit', () => {
  const rows: readonly (readonly [string, string])[] = [
    ['127.0.1.2', 'listed ×1: a domain of ill repute'],
    ['127.0.1.4', 'listed ×1.5: a domain of phishing'],
    ['127.0.1.5', 'listed ×1.5: a domain of malware'],
    ['127.0.1.6', 'listed ×1.5: a controller of a botnet'],
    ['127.0.1.102', 'listed ×0.5: a good domain that is abused for spam'],
    ['127.0.1.103', 'listed ×0.3: a redirector that is abused'],
    ['127.0.1.104', 'listed ×0.7: a good domain that is abused for phishing'],
    ['127.0.1.105', 'listed ×0.7: a good domain that is abused for malware'],
    ['127.0.1.106', 'listed ×0.7: a good domain that is abused by a botnet'],
    ['127.0.1.255', 'error: it was asked for an address, and lists domains only'],
    ['127.255.255.254', 'error: it does not answer to a public resolver'],
  ];
  for (const [code, words] of rows) assert.equal(says(spamhausDbl, answer(code)), words, code);
  const hasKey = () => false;
  assert.equal(
    listQuestion(spamhausDbl, subjectLabels('203.0.113.5'), { hasKey }),
    undefined,
    'it is asked for no address',
  );
});

test('I-31: the answer of URIBL is a sum of bits, and 127.0.0.1 is a refusal', () => {
  const words = ['black', 'grey', 'red'];
  for (let bits = 1; bits < 256; bits += 1) {
    const said = says(uribl, answer(`127.0.0.${bits}`));
    if (bits === 1) assert.equal(said, 'error: it refuses to answer');
    const known = words.filter((_, index) => (bits & (2 << index)) !== 0);
    if (bits !== 1 && known.length === 0) assert.match(said, /^error: its answer is unknown/);
    if (known.length > 0) assert.match(said, /^listed/);
    for (const word of words) assert.equal(said.includes(`(${word})`), known.includes(word), said);
  }
  assert.match(says(uribl, answer('127.0.0.8')), /^listed ×0:/, 'red is worth knowing only');
});
