import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checks } from '../checks.ts';
import {
  cases,
  dmarc as dmarcOf,
  forwarder,
  honest,
  list,
  noName,
  saysOf,
  signed,
  spf as spfOf,
  temporary,
  unanswered,
} from './cases.fixture.ts';
import { iprev } from './connect/iprev.ts';
import { heloAddress } from './helo/helo-address.ts';
import { heloClaim } from './helo/helo-claim.ts';
import { heloSyntax } from './helo/helo-syntax.ts';
import { senderDomain } from './mail/sender-domain.ts';
import { arc } from './message/arc.ts';
import { author } from './message/author.ts';
import { blocklistUnproven } from './message/blocklist-unproven.ts';
import { dkim } from './message/dkim.ts';
import { replay, replayRecipientsMin } from './message/replay.ts';
import { spfHelo } from './message/spf-helo.ts';
import { spfStrict } from './message/spf-strict.ts';
import { spf } from './message/spf.ts';
import { harvest, harvestUnknownMin, networkUnknownMin } from './rcpt/harvest.ts';

const client6 = { address: '2001:db8::5', isOwn: false, isIpv6: true };
const unconfirmed = { finding: 'unconfirmed', result: 'fail', names: ['x.example'], asked: [] } as const;

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
