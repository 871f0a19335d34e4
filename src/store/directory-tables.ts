import type { AccountId } from '#base/id.ts';
import type { Domain } from '#mail/domain.ts';
import type { AccountRecord, AliasRecord, DomainRecord, Quota } from './contract/accounts.ts';
import { noQuota } from './quota.ts';
import type { DirectoryView } from './resolve.ts';

/** The directory as it is held in memory. */
export interface DirectoryTables {
  readonly domains: Map<string, DomainRecord>;
  readonly accounts: Map<AccountId, AccountRecord>;
  /** Accounts by `addressKey`. */
  readonly byKey: Map<string, AccountId>;
  /** By `addressKey`. */
  readonly aliases: Map<string, AliasRecord>;
}

export function emptyTables(): DirectoryTables {
  return { domains: new Map(), accounts: new Map(), byKey: new Map(), aliases: new Map() };
}

export function tablesView(tables: DirectoryTables): DirectoryView {
  return {
    isLocal: (domain) => tables.domains.has(domain),
    account: (key) => tables.byKey.get(key),
    alias: (key) => tables.aliases.get(key)?.targets,
    hasDownstream: (domain) => tables.domains.get(domain)?.downstream !== undefined,
    administrators: (domain) => administratorsOf(tables, domain as Domain),
  };
}

/** Of the domain; where it has none, of any domain of the server (S-03: reserved names are never nobody's). */
function administratorsOf({ accounts }: DirectoryTables, domain: Domain): readonly AccountId[] {
  const all = [...accounts.values()].filter(({ administers }) => administers.length > 0);
  const own = all.filter(({ administers }) => administers.includes(domain));
  return (own.length > 0 ? own : all).map(({ id }) => id);
}

/** What quota asks of the directory. */
export interface QuotaScope {
  readonly quota: Quota;
  readonly domainQuota: Quota;
  readonly domain: string;
}

export function quotaScopeOf({ accounts, domains }: DirectoryTables, id: AccountId): QuotaScope | undefined {
  const record = accounts.get(id);
  if (record === undefined) return undefined;
  const { domain } = record.address;
  const domainQuota = domains.get(domain)?.quota ?? noQuota;
  return { quota: record.quota, domainQuota, domain };
}

export function accountsOfDomain({ accounts }: DirectoryTables, domain: string): readonly AccountId[] {
  return [...accounts.values()].filter(({ address }) => address.domain === domain).map(({ id }) => id);
}

/** By code units. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
