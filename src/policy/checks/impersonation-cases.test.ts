import type { Domain } from '#mail/domain.ts';
import type { FactTable } from '../fact-table.ts';
import {
  cases,
  dmarc as dmarcOf,
  forwarder,
  honest,
  list,
  signed,
  spf as spfOf,
  temporary,
} from './cases.fixture.ts';
import type { Case } from './cases.fixture.ts';
import { lookAlike } from './message/look-alike.ts';
import { ownAuthor } from './message/own-author.ts';
import { ownSender } from './message/own-sender.ts';
import { spf } from './message/spf.ts';

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
  [
    'a host that was named for it',
    {
      ...own,
      spf: spfOf('fail', 'example.test'),
      namedSender: { sender: 'example.test 203.0.113.5/32', open: false },
    },
    'pass',
  ],
  [
    'one named for the author only',
    {
      ...own,
      spf: spfOf('fail', 'example.test'),
      namedSender: { author: 'example.test mailer.example', open: false },
    },
    'finding',
  ],
  [
    'one that was named and could not be asked',
    { ...own, spf: spfOf('fail', 'example.test'), namedSender: { open: true } },
    'finding ≤defer',
  ],
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
  [
    'a list that could not be asked: put off, our user’s post comes again',
    { author: ours, dmarc: dmarcOf('fail', 'reject'), indirectOpen: ['lists.example.net'] },
    'finding ≤defer',
  ],
  [
    'a named sender',
    {
      author: ours,
      dmarc: dmarcOf('fail', 'reject'),
      namedSender: { author: 'example.org mailer.example', open: false },
    },
    'pass',
  ],
  [
    'one named for MAIL FROM only',
    {
      author: ours,
      dmarc: dmarcOf('fail', 'reject'),
      namedSender: { sender: 'example.org mailer.example', open: false },
    },
    'finding',
  ],
  [
    'a named sender who could not be asked',
    { author: ours, dmarc: dmarcOf('fail', 'reject'), namedSender: { open: true } },
    'finding ≤defer',
  ],
  ['below ours', { author: { ...ours, own: 'below' }, dmarc: dmarcOf('none') }, 'finding ≤junk'],
  ['not ours', { dmarc: dmarcOf('fail', 'reject') }, 'silent'],
]);

const shows = (...displayed: readonly string[]): FactTable['author'] => ({
  author: { kind: 'domain', domain: 'example.org' as Domain, displayed: displayed as readonly Domain[] },
  own: undefined,
});
const looks = { author: shows(), lookAlike: { displayed: [], own: 'examp1e.org' } };
const shown = {
  author: shows('example.test'),
  lookAlike: { displayed: ['example.test'], own: 'example.test' },
};
cases('look-alike (P-18)', lookAlike, [
  ['like nobody of ours', {}, 'silent'],
  ['spelled like ours', looks, 'finding'],
  ['its name shows ours', shown, 'finding'],
  ['a list shows for whom it writes', { ...shown, indirect: [list] }, 'silent'],
  ['a list that is spelled like ours', { ...looks, indirect: [list] }, 'finding'],
  ['it shows somebody else’s', { lookAlike: { displayed: ['bank.example'] } }, 'silent'],
  ['ourselves', { ...looks, client: { ...honest.client, isOwn: true } }, 'silent'],
]);

cases('spf of a named sender (P-18, C-6)', spf, [
  [
    'vouched for',
    { spf: spfOf('fail'), namedSender: { sender: 'example.org 203.0.113.5/32', open: false } },
    'finding ≤score ×0.4',
  ],
  [
    'named for the author only',
    { spf: spfOf('fail'), namedSender: { author: 'example.org 203.0.113.5/32', open: false } },
    'finding',
  ],
]);
