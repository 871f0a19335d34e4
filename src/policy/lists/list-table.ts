import { listCheckName } from './check-name.ts';
import { listUses } from './dns-list.ts';
import type { DnsList, ListUse } from './dns-list.ts';
import { dnsLists } from './dns-lists.ts';
import { ownAddressList, ownDomainList } from './own-zones.ts';
import type { OwnZone } from './own-zones.ts';

/** A list at one of its uses. */
export interface ListRow {
  readonly list: DnsList;
  /** The check that speaks for it there. */
  readonly check: string;
}

/** The lists that there are: those that come ready made, then those of an administrator. */
export interface ListTable {
  readonly all: readonly DnsList[];
  readonly byUse: Readonly<Record<ListUse, readonly ListRow[]>>;
}

export interface ZoneValues {
  readonly addressZones: readonly OwnZone[];
  readonly domainZones: readonly OwnZone[];
}

/** Gives the table of these settings as they are just now; it is made anew only when they change. */
export function listTables(values: ZoneValues): () => ListTable {
  let { addressZones, domainZones } = values;
  let table = tableOf({ addressZones, domainZones });
  return () => {
    if (values.addressZones === addressZones && values.domainZones === domainZones) return table;
    ({ addressZones, domainZones } = values);
    table = tableOf({ addressZones, domainZones });
    return table;
  };
}

function tableOf({ addressZones, domainZones }: ZoneValues): ListTable {
  const all = [...dnsLists, ...addressZones.map(ownAddressList), ...domainZones.map(ownDomainList)];
  const rows = listUses.map((use) => [
    use,
    all.filter(({ uses }) => uses.includes(use)).map((list) => ({ list, check: listCheckName(list, use) })),
  ]);
  return { all, byUse: Object.fromEntries(rows) as ListTable['byUse'] };
}
