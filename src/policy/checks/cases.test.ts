import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Domain } from '#mail/domain.ts';
import type { AnyCheck } from '../check.ts';
import { checks } from '../checks.ts';
import type { FactTable } from '../fact-table.ts';
import { dmarc as dmarcOf, honest, saysOf, signed, spf as spfOf } from './cases.fixture.ts';
import { iprev } from './connect/iprev.ts';
import { heloAddress } from './helo/helo-address.ts';
import { heloClaim } from './helo/helo-claim.ts';
import { heloSyntax } from './helo/helo-syntax.ts';
import { senderDomain } from './mail/sender-domain.ts';
import { arc } from './message/arc.ts';
import { author } from './message/author.ts';
import { blocklistUnproven } from './message/blocklist-unproven.ts';
import { dkim } from './message/dkim.ts';
import { dmarc } from './message/dmarc.ts';
import { ownAuthor } from './message/own-author.ts';
import { ownSender } from './message/own-sender.ts';
import { replay, replayRecipientsMin } from './message/replay.ts';
import { spfHelo } from './message/spf-helo.ts';
import { spfStrict } from './message/spf-strict.ts';
import { spf } from './message/spf.ts';
import { harvest, harvestUnknownMin, networkUnknownMin } from './rcpt/harvest.ts';

type Case = readonly [what: string, change: Partial<FactTable>, says: string];

function cases(name: string, check: AnyCheck, rows: readonly Case[]): void {
  test(name, () => {
    for (const [what, change, says] of rows) assert.equal(saysOf(check, change), says, what);
  });
}

const list = { kind: 'mailing-list', who: 'lists.example.net' } as const;
const forwarder = { kind: 'named-forwarder', who: '198.51.100.0/24' } as const;
const client6 = { address: '2001:db8::5', isOwn: false, isIpv6: true };
const noName = { finding: 'no-name', result: 'permerror', names: [], asked: [] } as const;
const unconfirmed = { finding: 'unconfirmed', result: 'fail', names: ['x.example'], asked: [] } as const;
const unanswered = { finding: 'unanswered', result: 'temperror', names: [], asked: [] } as const;
const temporary = 'unknown';

test('an honest message is honest to every check', () => {
  for (const check of checks) assert.ok(['pass', 'silent'].includes(saysOf(check, {})), check.name);
});

cases('iprev (P-15, C-5)', iprev, [
  ['there and back', {}, 'pass'],
  ['no name', { iprev: noName }, 'finding ×1'],
  ['no name over IPv6 scores more', { iprev: noName, client: client6 }, 'finding ×1.5'],
  ['a name that does not lead back', { iprev: unconfirmed }, 'finding ×0.7'],
  ['no answer is held against nobody', { iprev: unanswered }, temporary],
]);

cases('helo-claim (P-18)', heloClaim, [
  ['our host name', { helo: { ...honest.helo, claims: 'hostname' } }, 'finding'],
  ['a domain of ours', { helo: { ...honest.helo, claims: 'own-domain' } }, 'finding'],
  ['an address of ours', { helo: { ...honest.helo, claims: 'own-address' } }, 'finding'],
  [
    'ourselves',
    { helo: { ...honest.helo, claims: 'hostname' }, client: { ...honest.client, isOwn: true } },
    'pass',
  ],
]);

cases('helo-syntax (P-16)', heloSyntax, [
  ['a laptop', { helo: { ...honest.helo, name: 'laptop', kind: 'single-label' } }, 'finding'],
  ['no name at all', { helo: { ...honest.helo, name: '!', kind: 'invalid' } }, 'finding'],
  ['its own literal', { helo: { ...honest.helo, kind: 'literal' } }, 'pass'],
  ['another’s literal', { helo: { ...honest.helo, kind: 'literal', foreignLiteral: true } }, 'finding'],
]);

cases('helo-address (P-16, RFC 5321 §4.1.4)', heloAddress, [
  ['leads to the client', { heloAddress: { found: 'client' } }, 'pass'],
  [
    'is the reverse name’s neighbour',
    { heloAddress: { found: 'other' }, helo: { ...honest.helo, name: 'out7.example.org' } },
    'pass',
  ],
  [
    'another host',
    { heloAddress: { found: 'other' }, helo: { ...honest.helo, name: 'mail.example.net' } },
    'finding ×0.5',
  ],
  [
    'only the top label is common',
    {
      heloAddress: { found: 'other' },
      helo: { ...honest.helo, name: 'example.net' },
      iprev: { ...honest.iprev, name: 'other.net' },
    },
    'finding ×0.5',
  ],
  ['nowhere', { heloAddress: { found: 'nowhere' }, iprev: noName }, 'finding ×1'],
  ['no answer', { heloAddress: { found: 'unanswered', failure: 'timeout' }, iprev: noName }, temporary],
  ['a literal has no name', { heloAddress: { found: 'no-name' } }, 'silent'],
]);

cases('sender-domain', senderDomain, [
  ['missing', { senderDomain: { domain: 'x.example', found: 'missing' } }, 'finding'],
  ['takes no mail', { senderDomain: { domain: 'x.example', found: 'null-mx' } }, 'finding'],
  ['no host: scores only', { senderDomain: { domain: 'x.example', found: 'no-host' } }, 'finding ≤score'],
  ['no answer', { senderDomain: { domain: 'x.example', found: 'unanswered' } }, temporary],
  ['a bounce', { senderDomain: { domain: '', found: 'no-domain' } }, 'silent'],
]);

cases('harvest', harvest, [
  ['one less', { harvest: { unknown: harvestUnknownMin - 1, known: 0 } }, 'silent'],
  ['as many', { harvest: { unknown: harvestUnknownMin, known: 0 } }, 'finding'],
  ['a provider with an old list', { harvest: { unknown: 100, known: 50 } }, 'silent'],
  [
    'neighbours searched',
    { harvest: { unknown: 0, known: 0, network: { unknown: harvestUnknownMin, known: 0 } } },
    'silent',
  ],
  [
    'the whole network searches',
    { harvest: { unknown: 1, known: 0, network: { unknown: networkUnknownMin, known: 0 } } },
    'finding',
  ],
  ['a search with a few hits', { harvest: { unknown: 101, known: 50 } }, 'finding'],
]);

cases('author (I-43)', author, [
  [
    'unfit',
    { author: { author: { kind: 'unfit', problem: 'no-from', detail: 'x' }, own: undefined } },
    'finding',
  ],
  ['a literal', { author: { author: { kind: 'literal', literal: '[192.0.2.1]' }, own: undefined } }, 'pass'],
]);

const fail = { spf: spfOf('fail') };
cases('spf (P-19, C-6)', spf, [
  ['nobody vouches', fail, 'finding'],
  [
    'a valid signature of the sender’s domain',
    { ...fail, dkim: signed('pass', 'example.org') },
    'finding ≤score ×0.4',
  ],
  [
    'of a parent of it',
    { spf: spfOf('fail', 'a.example.org'), dkim: signed('pass', 'example.org') },
    'finding ≤score ×0.4',
  ],
  ['of somebody else', { ...fail, dkim: signed('pass', 'evil.example') }, 'finding'],
  ['of a domain that only ends alike', { ...fail, dkim: signed('pass', 'ample.org') }, 'finding'],
  ['a broken one', { ...fail, dkim: signed('fail', 'example.org') }, 'finding'],
  [
    'one whose key could not be asked',
    { ...fail, dkim: signed('temperror', 'example.org') },
    'finding ≤score ×0.4',
  ],
  [
    'somebody else’s whose key could not be asked',
    { ...fail, dkim: signed('temperror', 'evil.example') },
    'finding',
  ],
  [
    'one of the author’s that could not be asked',
    { spf: spfOf('fail', 'bounce.example.net'), dkim: signed('temperror', 'example.org') },
    'finding ≤score ×0.4',
  ],
  [
    'a bounce has no more than its HELO name (C-5)',
    { spf: { ...spfOf('fail', 'mail.example.org'), identity: 'helo' } },
    'finding ≤score ×0.4',
  ],
  ['a DMARC policy decides', { ...fail, dmarc: dmarcOf('fail', 'none') }, 'finding ≤score ×0.4'],
  ['no DMARC policy', { ...fail, dmarc: dmarcOf('none') }, 'finding'],
  ['DMARC could not be asked', { ...fail, dmarc: dmarcOf('temperror') }, 'finding ≤score ×0.4'],
  ['a named forwarder', { ...fail, indirect: [forwarder] }, 'finding ≤score ×0.4'],
  ['a list is no forwarder', { ...fail, indirect: [list] }, 'finding'],
  ['softfail never refuses alone', { spf: spfOf('softfail') }, 'finding ≤score ×0.4'],
  ['nor does permerror', { spf: spfOf('permerror') }, 'finding ≤score ×0.2'],
  ['temperror is nobody’s fault', { spf: spfOf('temperror') }, temporary],
  ['I-49: absence is neither', { spf: spfOf('none') }, 'pass'],
  ['nor neutral', { spf: spfOf('neutral') }, 'pass'],
]);

cases('spf-helo (P-19, C-5)', spfHelo, [
  ['fail', { heloSpf: spfOf('fail', 'mail.example.org') }, 'finding'],
  ['softfail', { heloSpf: spfOf('softfail') }, 'pass'],
  ['says nothing', { heloSpf: spfOf('none') }, 'silent'],
  ['no answer', { heloSpf: spfOf('temperror') }, temporary],
]);

cases('spf-strict (C-6)', spfStrict, [
  [
    'fail, whoever vouches',
    { ...fail, dkim: signed('pass', 'example.org'), dmarc: dmarcOf('pass', 'reject') },
    'finding',
  ],
  ['softfail', { spf: spfOf('softfail') }, 'silent'],
]);

const own = { sender: { kind: 'domain', domain: 'example.test', isOwn: true } } as const;
cases('own-sender (P-18)', ownSender, [
  ['SPF none', { ...own, spf: spfOf('none', 'example.test') }, 'finding'],
  ['SPF softfail', { ...own, spf: spfOf('softfail', 'example.test') }, 'finding'],
  ['SPF pass', { ...own, spf: spfOf('pass', 'example.test') }, 'pass'],
  ['SPF pass of another name', { ...own, spf: spfOf('pass', 'evil.example') }, 'finding'],
  [
    'our own signature came back with a forwarder',
    { ...own, spf: spfOf('fail'), dkim: signed('pass', 'example.test') },
    'pass',
  ],
  [
    'somebody else’s signature',
    { ...own, spf: spfOf('fail'), dkim: signed('pass', 'evil.example') },
    'finding',
  ],
  ['no answer', { ...own, spf: spfOf('temperror', 'example.test') }, temporary],
  [
    'our own signature could not be asked',
    { ...own, spf: spfOf('fail', 'example.test'), dkim: signed('temperror', 'example.test') },
    temporary,
  ],
  [
    'a stranger’s key that never comes',
    { ...own, spf: spfOf('fail', 'example.test'), dkim: signed('temperror', 'evil.example') },
    'finding',
  ],
  [
    'a named forwarder',
    { ...own, spf: spfOf('fail', 'example.test'), indirect: [forwarder] },
    'finding ≤junk',
  ],
  ['a list is no forwarder', { ...own, spf: spfOf('fail', 'example.test'), indirect: [list] }, 'finding'],
  ['ourselves', { ...own, spf: spfOf('fail'), client: { ...honest.client, isOwn: true } }, 'silent'],
]);

const ours: FactTable['author'] = {
  author: { kind: 'domain', domain: 'example.org' as Domain, displayed: [] },
  own: 'itself',
};
const unsure = (result: 'pass' | 'temperror', domain: string) =>
  ({ result, domain, selector: 's', alignment: 'unknown' }) as const;
cases('own-author (P-18, I-45)', ownAuthor, [
  ['no DMARC record, nothing aligned', { author: ours, dmarc: dmarcOf('none') }, 'finding'],
  ['DMARC pass', { author: ours, dmarc: dmarcOf('pass', 'reject') }, 'pass'],
  [
    'no record, but SPF of the same domain',
    {
      author: ours,
      dmarc: { ...dmarcOf('none'), spf: { result: 'pass', domain: 'example.org', alignment: 'unknown' } },
    },
    'pass',
  ],
  [
    'SPF pass of another',
    {
      author: ours,
      dmarc: { ...dmarcOf('none'), spf: { result: 'pass', domain: 'evil.example', alignment: 'none' } },
    },
    'finding',
  ],
  [
    'a list brings it back',
    { author: ours, dmarc: dmarcOf('fail', 'reject'), indirect: [list] },
    'finding ≤junk',
  ],
  [
    'no answer, and nothing that could have vouched',
    { author: ours, dmarc: dmarcOf('temperror') },
    'finding ≤defer',
  ],
  ...(['pass', 'temperror'] as const).flatMap((result): readonly Case[] => [
    [
      `no answer, and a signature of ours: ${result}`,
      { author: ours, dmarc: { ...dmarcOf('temperror'), dkim: [unsure(result, 'mail.example.org')] } },
      temporary,
    ],
    [
      `no answer, and a signature of somebody else: ${result}`,
      { author: ours, dmarc: { ...dmarcOf('temperror'), dkim: [unsure(result, 'evil.org')] } },
      'finding ≤defer',
    ],
  ]),
  ['no answer of a list’s', { author: ours, dmarc: dmarcOf('temperror'), indirect: [list] }, 'finding ≤junk'],
  ['below ours', { author: { ...ours, own: 'below' }, dmarc: dmarcOf('none') }, 'finding ≤junk'],
  ['not ours', { dmarc: dmarcOf('fail', 'reject') }, 'silent'],
]);

cases('dmarc (I-44, I-45, C-11)', dmarc, [
  ['no policy', { dmarc: dmarcOf('none') }, 'silent'],
  ['pass', { dmarc: dmarcOf('pass', 'reject') }, 'pass'],
  [
    'reject alone never refuses',
    { dmarc: dmarcOf('fail', 'reject'), dkim: signed('pass', 'evil.example') },
    'finding ≤junk',
  ],
  [
    'with an SPF fail',
    { ...fail, dmarc: dmarcOf('fail', 'reject'), dkim: signed('pass', 'evil.example') },
    'finding ≤refuse',
  ],
  ['with no valid signature of anybody', { dmarc: dmarcOf('fail', 'reject') }, 'finding ≤refuse'],
  [
    'with no confirmed reverse name',
    { dmarc: dmarcOf('fail', 'reject'), dkim: signed('pass', 'evil.example'), iprev: noName },
    'finding ≤refuse',
  ],
  [
    'what could not be asked is no further finding',
    { dmarc: dmarcOf('fail', 'reject'), dkim: signed('temperror', 'example.org'), iprev: unanswered },
    'finding ≤junk',
  ],
  [
    'signs of an indirect way',
    { ...fail, dmarc: dmarcOf('fail', 'reject'), indirect: [list] },
    'finding ≤junk',
  ],
  ['quarantine', { ...fail, dmarc: dmarcOf('fail', 'quarantine') }, 'finding ≤junk'],
  ['none', { ...fail, dmarc: dmarcOf('fail', 'none') }, 'finding ≤note'],
  ['no answer: no policy is applied', { ...fail, dmarc: dmarcOf('temperror', 'reject') }, temporary],
]);

const allow = { entry: 'address a@example.org', subject: 'a@example.org', origin: 'administrator' } as const;
const block = { entry: 'domain example.org', subject: 'a@example.org', origin: 'administrator' } as const;
const both = { localSender: { block, allow } } as const;
cases('blocklist-unproven (P-24, P-26)', blocklistUnproven, [
  ['proven', both, 'silent'],
  ['not proven', { ...both, spf: spfOf('none') }, 'finding'],
  ['SPF could not be asked', { ...both, spf: spfOf('temperror') }, 'finding ≤defer'],
  [
    'nor the key of its own signature',
    { ...both, spf: spfOf('fail'), dkim: signed('temperror', 'example.org') },
    'finding ≤defer',
  ],
  [
    'a stranger’s key proves nothing',
    { ...both, spf: spfOf('fail'), dkim: signed('temperror', 'evil.example') },
    'finding',
  ],
  [
    'DMARC of the author could not be asked',
    { localAuthor: { block, allow }, dmarc: dmarcOf('temperror') },
    'finding ≤defer',
  ],
  ['only the sender is allowed', { ...both, ...fail, dmarc: dmarcOf('temperror') }, 'finding'],
]);

cases('dkim (I-42)', dkim, [
  ['valid', { dkim: signed('pass', 'example.org') }, 'pass'],
  ['broken', { dkim: signed('fail', 'example.org') }, 'finding'],
  ['no answer', { dkim: signed('temperror', 'example.org') }, temporary],
  ['none', {}, 'silent'],
]);

cases('arc (I-42)', arc, [
  ['unbroken', { arc: { ...honest.arc, result: 'pass', reason: 'verified' } }, 'pass'],
  ['broken', { arc: { ...honest.arc, result: 'fail', reason: 'seal' } }, 'finding'],
  ['no answer', { arc: { ...honest.arc, result: 'fail', reason: 'dns' } }, temporary],
]);

cases('replay (RFC 6376 §8.6)', replay, [
  ['one less', { replay: { recipients: replayRecipientsMin - 1, domain: 'example.org' } }, 'silent'],
  [
    'as many: put off at most',
    { replay: { recipients: replayRecipientsMin, domain: 'example.org' } },
    'finding ≤greylist',
  ],
]);
