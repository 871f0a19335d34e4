import { ok } from '#base/result.ts';
import { defaulted } from '#config/key.ts';
import { boolean } from '#config/kinds/boolean.ts';
import type { KnownFile } from '#policy/list-files/list-files.ts';
import type { OwnReport } from '#policy/lists/own-listing-watch.ts';
import type { KnownList } from '#policy/lists/dns-list-book.ts';
import { operation } from '../operation.ts';
import { counted, showColumns, showTime } from '../show.ts';

export const listsShow = operation({
  name: 'lists show',
  looksOnly: true,
  meaning: 'The lists that are asked by DNS: which are on, how they do, and who may use them.',
  input: {
    test: defaulted(boolean, false, {
      meaning:
        'Ask each list that is on for its own test entries, and for our own addresses and domains, now.',
      requirements: ['P-22'],
    }),
  },
  async run(world, { test }) {
    const { dns, files, own } = world.lists;
    if (test) await dns.testAll();
    if (test) await own.check();
    return ok({
      items: dns.list().map(showList),
      next: null,
      keptBy: dns.keptBy,
      files: files.report().map(showFile),
      own: showOwn(own.report),
    });
  },
  render: ({ items, keptBy, files, own }) => [
    ...(keptBy.length === 0
      ? []
      : [
          `No list is asked: the resolver ${keptBy.join(', ')} is a public one, which lists do not answer. Name a resolver of your own ([dns] servers), or set lists.public_resolver.`,
          '',
        ]),
    ...showColumns([
      ['LIST', 'ASKED ABOUT', 'ACTION', 'STATE', 'ASKED', 'LISTED', 'FAILED', 'TERMS'],
      ...items.map((row) => [
        row.list,
        row.uses.join(', '),
        row.checks.map(({ action }) => action).join(', '),
        stateWords(row),
        String(row.asked),
        String(row.listed),
        String(row.failed),
        row.terms,
      ]),
    ]),
    ...(files.length === 0
      ? []
      : [
          '',
          ...showColumns([
            ['FILE', 'FOR', 'ENTRIES', 'OF', 'STATE'],
            ...files.map((row) => [
              row.path,
              row.use,
              String(row.entries ?? '-'),
              row.changed ?? '-',
              row.problem ?? 'in use',
            ]),
          ]),
        ]),
    '',
    ...ownWords(own),
    '',
    'postern policy set LIST --action score|refuse|off switches one on or off; read its terms first.',
  ],
});

function stateWords({ askedAt, state, problem, keptBy }: ReturnType<typeof showList>): string {
  const where = { files: ' (kept here)', resolver: ' (own resolver)', dns: '' }[askedAt];
  if (keptBy.length > 0) return `not asked${where}`;
  return problem === null ? `${state}${where}` : `${state}${where}: ${problem}`;
}

function showFile({ path, use, entries, changedMs, problem }: KnownFile) {
  return {
    path,
    use,
    entries: entries ?? null,
    changed: changedMs === undefined ? null : showTime(changedMs),
    problem: problem ?? null,
  };
}

function showOwn({ checkedMs, subjects, lists, unasked, listings }: OwnReport) {
  return {
    checked: checkedMs === undefined ? null : showTime(checkedMs),
    subjects,
    lists,
    unasked,
    listings: listings.map(({ list, subject, meanings, lookUpAt, sinceMs }) => ({
      list,
      subject,
      meanings,
      lookUpAt: lookUpAt ?? null,
      since: showTime(sinceMs),
    })),
  };
}

/** P-11. */
function ownWords(own: ReturnType<typeof showOwn>): readonly string[] {
  if (own.checked === null) return ['Our own addresses and domains have not been looked up yet.'];
  const open = own.unasked.map(({ list, problem }) => `  ${list} could not be asked about us: ${problem}`);
  if (own.lists.length === 0)
    return [
      `Nobody knows whether we are listed: at ${own.checked} no list that is on could be asked.`,
      ...open,
    ];
  const asked = `${counted(own.subjects, 'name')} of ours, looked up at ${own.checked} in ${own.lists.join(', ')}:`;
  return [
    own.listings.length === 0 ? `${asked} on none.` : asked,
    ...own.listings.map(listingWords),
    ...open,
  ];
}

function listingWords({
  list,
  subject,
  meanings,
  since,
  lookUpAt,
}: ReturnType<typeof showOwn>['listings'][number]): string {
  const where = lookUpAt === null || lookUpAt === '' ? '' : `: see ${lookUpAt}`;
  return `  ${subject} is listed by ${list} (${meanings.join(', ')}) since ${since}${where}`;
}

function showList({ list, checks, hasKey, askedAt, keptBy, report }: KnownList) {
  return {
    list: list.name,
    title: list.title,
    zone: list.zone,
    uses: list.uses,
    checks,
    key: list.keyed === undefined ? null : { name: list.keyed.key, set: hasKey },
    askedAt,
    keptBy,
    state: report.state,
    problem: report.problem ?? null,
    tested: report.testedMs === undefined ? null : showTime(report.testedMs),
    asked: report.asked,
    listed: report.listed,
    failed: report.failed,
    defaultAction: list.action,
    terms: list.terms,
    termsAt: list.termsAt,
  };
}
