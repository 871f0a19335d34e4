import type { AnyCheck } from '../check.ts';
import { check } from '../check.ts';
import { pass, silent } from '../judgement.ts';
import type { Judgement } from '../judgement.ts';
import { listCheckName } from './check-name.ts';
import type { DnsList, ListUse } from './dns-list.ts';
import { dnsLists } from './dns-lists.ts';
import type { ListHit, ListSaid } from './list-said.ts';
import { isOwnZone, ownAddressList, ownDomainList } from './own-zones.ts';

/** Several of an administrator's own zones together count for so many at most. */
const ownZonesShareMax = 3;
/** Stands for any zone that one may name. */
const anyZone = 'zone.invalid';

const requirements: Readonly<Record<ListUse, readonly string[]>> = {
  client: ['P-22', 'I-28', 'I-29', 'I-32'],
  names: ['P-23', 'I-28', 'I-29', 'I-32'],
  links: ['P-27', 'P-28', 'I-28', 'I-29'],
};

const askedAbout: Readonly<Record<ListUse, string>> = {
  client: 'The connecting address is',
  names: 'HELO name, reverse name and sender’s domain are',
  links: 'The author’s domain and the domains that the message links to are',
};

/** The checks of all lists at one use, in the order of the table; each list can be set by itself (P-22). */
export function listChecks(use: ListUse): readonly AnyCheck[] {
  const own = use === 'client' ? ownAddressList(anyZone) : ownDomainList(anyZone);
  return [
    ...dnsLists.filter(({ uses }) => uses.includes(use)).map((list) => readyMade(list, use)),
    listCheck(use, {
      name: listCheckName(own, use),
      meaning: `${askedAbout[use]} on no list that an administrator named.`,
      action: own.action,
      weight: own.weight,
      judge: (said) => judgeOwn(said.filter(({ list }) => isOwnZone(list))),
    }),
  ];
}

function readyMade(list: DnsList, use: ListUse): AnyCheck {
  const { name, title, action, weight, terms } = list;
  return listCheck(use, {
    name: listCheckName(list, use),
    meaning: `${askedAbout[use]} not listed by ${title}. ${terms}`,
    action,
    weight,
    requirements: list.requirements ?? [],
    judge: (said) => judgeSaid(said.find((one) => one.list === name)),
  });
}

interface ListRow {
  readonly name: string;
  readonly meaning: string;
  readonly action: 'score' | 'off';
  readonly weight: number;
  readonly requirements?: readonly string[];
  readonly judge: (said: readonly ListSaid[]) => Judgement;
}

function listCheck(use: ListUse, listRow: ListRow): AnyCheck {
  const { name, meaning, action, weight, judge } = listRow;
  const row = {
    name,
    meaning,
    action,
    weight,
    class: 'list',
    source: 'RFC 5782',
    requirements: [...requirements[use], ...(listRow.requirements ?? [])],
  } as const;
  switch (use) {
    case 'client':
      return check({
        ...row,
        stage: 'connect',
        reads: ['clientLists'],
        judge: ({ clientLists }) => judge(clientLists),
      });
    case 'names':
      return check({
        ...row,
        stage: 'mail',
        reads: ['nameLists'],
        judge: ({ nameLists }) => judge(nameLists),
      });
    default:
      return check({
        ...row,
        stage: 'message',
        reads: ['linkLists'],
        judge: ({ linkLists }) => judge(linkLists),
      });
  }
}

/** A list that could not be asked is never held against anybody, nor for them (P-28). */
function judgeSaid(said: ListSaid | undefined): Judgement {
  if (said === undefined) return silent;
  const { list, title, outcome, hits, share, problem } = said;
  if (outcome === 'clean') return pass;
  const evidence = { list, hits };
  if (outcome !== 'listed')
    return {
      kind: 'unknown',
      reason: `${title} could not be asked: ${problem ?? 'no answer'}`,
      evidence: { list },
    };
  return {
    kind: 'finding',
    reason: `${title} lists ${hits.map(hitWords).join('; ')}`,
    evidence,
    reply: { detail: '7.1', text: replyText(said) },
    share,
    // Worth knowing, and not more.
    ...(share === 0 ? { atMost: 'note' } : {}),
  };
}

/** Zones that nobody knows more of stand together. */
function judgeOwn(said: readonly ListSaid[]): Judgement {
  const listing = said.filter(({ outcome }) => outcome === 'listed');
  const [first] = listing;
  if (first === undefined) return judgeSaid(said.find(({ outcome }) => outcome !== 'clean') ?? said[0]);
  const judged = judgeSaid(first);
  if (judged.kind !== 'finding' || listing.length === 1) return judged;
  return {
    ...judged,
    reason: listing.map(({ title, hits }) => `${title} lists ${hits.map(hitWords).join('; ')}`).join('; '),
    evidence: { lists: listing.map(({ list, hits }) => ({ list, hits })) },
    share: Math.min(ownZonesShareMax, listing.length),
  };
}

const whatWords: Readonly<Record<ListHit['what'], string>> = {
  client: 'the connecting address',
  helo: 'the HELO name',
  'reverse-name': 'the reverse name',
  sender: "the sender's domain",
  author: "the author's domain",
  link: 'a link to',
};

function hitWords({ what, name, meanings }: ListHit): string {
  return `${whatWords[what]} ${name} as ${meanings.join(', ')}`;
}

/** P-17: of what stands in a message the sender hears only that something does. */
function replyText({ title, hits, lookUpAt }: ListSaid): string {
  const [hit] = hits;
  const subject =
    hit === undefined || hit.what === 'link'
      ? 'a domain in your message'
      : `your ${replyWords[hit.what]} ${hit.name}`;
  const where = lookUpAt === undefined || lookUpAt === '' ? '' : `: see ${lookUpAt}`;
  return `${subject} is listed by ${title}${where}`;
}

const replyWords = {
  client: 'address',
  helo: 'HELO name',
  'reverse-name': 'reverse name',
  sender: 'sender domain',
  author: 'author domain',
} as const;
