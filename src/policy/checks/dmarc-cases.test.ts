import {
  cases,
  dmarc as dmarcOf,
  list,
  noName,
  signed,
  spf as spfOf,
  temporary,
  unanswered,
} from './cases.fixture.ts';
import type { FactTable } from '../fact-table.ts';
import { dmarc } from './message/dmarc.ts';

const fail = { spf: spfOf('fail') };
const reject = { dmarc: dmarcOf('fail', 'reject') };
/** Only the DMARC result speaks against it. */
const alone = { ...reject, dkim: signed('pass', 'evil.example') };
const unsure = { ...reject, dkim: signed('temperror', 'evil.example') };
const said = (outcome: 'listed' | 'clean' | 'error' | 'unanswered', share = 1): FactTable['clientLists'] => [
  { list: 'a', title: 'A', outcome, hits: [], share },
];

cases('dmarc (I-44, I-45, C-11)', dmarc, [
  ['no policy', { dmarc: dmarcOf('none') }, 'silent'],
  ['pass', { dmarc: dmarcOf('pass', 'reject') }, 'pass'],
  ['reject alone never refuses', alone, 'finding ≤junk'],
  ['with an SPF fail', { ...fail, ...alone }, 'finding ≤refuse'],
  ['with no valid signature of anybody', reject, 'finding ≤refuse'],
  ['with no confirmed reverse name', { ...alone, iprev: noName }, 'finding ≤refuse'],
  [
    'no answer about the reverse name is no further finding',
    { ...alone, iprev: unanswered },
    'finding ≤junk',
  ],
  [
    'a reverse name that does not lead back',
    { ...alone, iprev: { finding: 'unconfirmed', result: 'fail', names: ['x.example'], asked: [] } },
    'finding ≤refuse',
  ],
  ['a listed address', { ...alone, clientLists: said('listed') }, 'finding ≤refuse'],
  ['a list whose word counts for nothing', { ...alone, clientLists: said('listed', 0) }, 'finding ≤junk'],
  ['not listed', { ...alone, clientLists: said('clean') }, 'finding ≤junk'],
  ['a list that does not answer', { ...alone, clientLists: said('unanswered') }, 'finding ≤junk'],
  ['a list that answers with an error', { ...alone, clientLists: said('error') }, 'finding ≤junk'],
  ['a listed name', { ...alone, nameLists: said('listed') }, 'finding ≤refuse'],
  [
    'a name that shows another house',
    { ...alone, lookAlike: { displayed: ['bank.example'] } },
    'finding ≤refuse',
  ],
  [
    'a domain that looks like ours',
    { ...alone, lookAlike: { displayed: [], own: 'example.test' } },
    'finding ≤refuse',
  ],
  ['a stranger’s key that never comes: put off, never let in', unsure, 'finding ≤defer'],
  ['… and an SPF fail', { ...unsure, ...fail }, 'finding ≤refuse'],
  ['… and no reverse name', { ...unsure, iprev: noName }, 'finding ≤refuse'],
  ['a list that could not be asked', { ...reject, indirectOpen: ['lists.example.net'] }, 'finding ≤defer'],
  [
    'a list that could not be asked, and one that could',
    { ...reject, indirectOpen: ['lists.example.net'], indirect: [list] },
    'finding ≤junk',
  ],
  [
    'a local override (I-45)',
    { ...reject, ...fail, namedSender: { author: 'example.org mailer.example newsletter', open: false } },
    'finding ≤note',
  ],
  [
    'an override of MAIL FROM is none',
    { ...reject, ...fail, namedSender: { sender: 'example.org mailer.example', open: false } },
    'finding ≤refuse',
  ],
  ['an override that could not be asked', { ...reject, namedSender: { open: true } }, 'finding ≤defer'],
  [
    'signs of an indirect way',
    { ...fail, dmarc: dmarcOf('fail', 'reject'), indirect: [list] },
    'finding ≤junk',
  ],
  ['quarantine', { ...fail, dmarc: dmarcOf('fail', 'quarantine') }, 'finding ≤junk'],
  ['none', { ...fail, dmarc: dmarcOf('fail', 'none') }, 'finding ≤note'],
  ['no answer: no policy is applied', { ...fail, dmarc: dmarcOf('temperror', 'reject') }, temporary],
]);
