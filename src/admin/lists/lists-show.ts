import { ok } from '#base/result.ts';
import { defaulted } from '#config/key.ts';
import { boolean } from '#config/kinds/boolean.ts';
import type { KnownList } from '#policy/lists/dns-list-book.ts';
import { operation } from '../operation.ts';
import { showColumns, showTime } from '../show.ts';

export const listsShow = operation({
  name: 'lists show',
  looksOnly: true,
  meaning: 'The lists that are asked by DNS: which are on, how they do, and who may use them.',
  input: {
    test: defaulted(boolean, false, {
      meaning: 'Ask each list that is on for its own test entries now.',
      requirements: ['P-22'],
    }),
  },
  async run(world, { test }) {
    const { dns } = world.lists;
    if (test) await dns.testAll();
    return ok({ items: dns.list().map(showList), next: null, keptBy: dns.keptBy });
  },
  render: ({ items, keptBy }) => [
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
        row.problem === null ? row.state : `${row.state}: ${row.problem}`,
        String(row.asked),
        String(row.listed),
        String(row.failed),
        row.terms,
      ]),
    ]),
    '',
    'postern policy set LIST --action score|refuse|off switches one on or off; read its terms first.',
  ],
});

function showList({ list, checks, hasKey, report }: KnownList) {
  return {
    list: list.name,
    title: list.title,
    zone: list.zone,
    uses: list.uses,
    checks,
    key: list.keyed === undefined ? null : { name: list.keyed.key, set: hasKey },
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
