import type { DoctorCheck, Finding } from '#admin/doctor/check.ts';
import { fail, pass, skip, warn } from '#admin/doctor/check.ts';
import type { KnownList } from '#policy/lists/dns-list-book.ts';
import type { DoctorWorld } from './doctor-world.ts';

/** Lists that are on answer, files of lists are read, and we stand on none ourselves (P-11, P-22, P-24). */
export function listsCheck({ lists }: DoctorWorld): DoctorCheck {
  return {
    name: 'lists',
    meaning:
      'Lists that are on can be asked, their files are read, and our own addresses and domains are on none.',
    async run() {
      if (lists === undefined) return [skip('the store could not be opened')];
      await lists.dns.testAll();
      const on = lists.dns.list().filter(({ checks }) => checks.some(({ action }) => action !== 'off'));
      const findings = [
        ...on.flatMap(deadList),
        ...keptLists(on),
        ...brokenFiles(lists),
        ...ownListings(lists),
      ];
      const blind = withoutTable(lists);
      const all = blind === undefined ? findings : [...findings, blind];
      return all.length > 0
        ? all
        : [pass(`${on.map(({ list }) => list.name).join(', ') || 'no list'} in use`)];
    },
  };
}

type Lists = NonNullable<DoctorWorld['lists']>;

function deadList({ list, keptBy, report }: KnownList): readonly Finding[] {
  if (keptBy.length > 0 || report.state === 'works' || report.state === 'untested') return [];
  return [
    warn(
      `${list.title} is not asked: ${report.problem ?? report.state}`,
      `See ${list.termsAt === '' ? 'its terms' : list.termsAt}, or switch it off: postern policy set ${list.name} --action off`,
    ),
  ];
}

function keptLists(on: readonly KnownList[]): readonly Finding[] {
  const kept = on.filter(({ keptBy }) => keptBy.length > 0);
  const resolvers = [...new Set(kept.flatMap(({ keptBy }) => keptBy))];
  if (kept.length === 0) return [];
  return [
    warn(
      `${kept.map(({ list }) => list.name).join(', ')}: not asked, since the resolver ${resolvers.join(', ')} is a public one`,
      'Run a resolver of your own (unbound) and name it in "[dns] servers": lists do not answer public ones.',
    ),
  ];
}

function brokenFiles({ files }: Lists): readonly Finding[] {
  return files
    .report()
    .flatMap(({ path, use, problem }) =>
      problem === undefined
        ? []
        : [
            warn(
              `${path} (${use}) is not read: ${problem}`,
              'Mend the file, or take it out of the settings.',
            ),
          ],
    );
}

function ownListings({ own }: Lists): readonly Finding[] {
  return own.report.listings.map(({ list, subject, meanings, lookUpAt }) =>
    fail(
      `${subject} is listed by ${list}: ${meanings.join(', ')}`,
      `Find who sends what the list saw, end it, and ask to be taken off${lookUpAt === undefined || lookUpAt === '' ? '' : `: ${lookUpAt}`}`,
    ),
  );
}

/** P-24. */
function withoutTable({ local, files }: Lists): Finding | undefined {
  const kinds = (['block', 'allow'] as const).flatMap((list) =>
    local.list(list).map(({ subject }) => subject.kind),
  );
  const blind = (['asn', 'country'] as const).filter(
    (kind) => kinds.includes(kind) && !files.knowsOrigins(kind),
  );
  if (blind.length === 0) return undefined;
  return warn(
    `entries by ${blind.map((kind) => (kind === 'asn' ? 'network number' : 'country')).join(' and ')} match nobody`,
    'Name a table of networks: postern settings set lists.network_files /path (docs/guide/lists.md).',
  );
}
