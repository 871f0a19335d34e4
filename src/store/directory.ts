import { makeId } from '#base/id.ts';
import type { AccountId } from '#base/id.ts';
import { ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { addressKey } from '#mail/address.ts';
import type { Random } from '#platform/random.ts';
import type {
  AccountRecord,
  Accounts,
  AliasRecord,
  Aliases,
  DomainRecord,
  Domains,
} from './contract/accounts.ts';
import type { Trouble } from './contract/trouble.ts';
import type { DirectoryTables } from './directory-tables.ts';
import { compareText, tablesView } from './directory-tables.ts';
import { checkAliasTargets, checkNewAddress } from './new-address.ts';
import { pageAfter } from './page.ts';
import { noQuota } from './quota.ts';
import type { Usage } from './quota.ts';
import { resolveAddress } from './resolve.ts';
import { conflict, exists, notFound } from './trouble.ts';

/** Makes the directory's changes last; each is durable when it returns. */
export interface DirectoryJournal {
  saveDomain(record: DomainRecord): Promise<Result<void, Trouble>>;
  dropDomain(record: DomainRecord): Promise<Result<void, Trouble>>;
  saveAccount(record: AccountRecord): Promise<Result<void, Trouble>>;
  dropAccount(record: AccountRecord): Promise<Result<void, Trouble>>;
  saveAlias(record: AliasRecord): Promise<Result<void, Trouble>>;
  dropAlias(record: AliasRecord): Promise<Result<void, Trouble>>;
}

/** What an account has beside its record. */
export interface AccountMail {
  /** Key, file and standard mailboxes; made before the record, so that no record lacks them. */
  create(id: AccountId): Promise<Result<void, Trouble>>;
  /** The key first (STORAGE §4 Erasure); done again when it was interrupted. */
  remove(id: AccountId): Promise<Result<void, Trouble>>;
  usage(id: AccountId): Promise<Result<Usage, Trouble>>;
}

export interface DirectoryParts {
  readonly tables: DirectoryTables;
  readonly journal: DirectoryJournal;
  readonly mail: AccountMail;
  readonly random: Random;
}

export interface Directory {
  readonly domains: Domains;
  readonly accounts: Accounts;
  readonly aliases: Aliases;
}

/** Runs one change after the other, so that what was checked still holds when it is written. */
export type InTurn = <T>(change: () => Promise<T>) => Promise<T>;

/** Domains, accounts and aliases: answered from memory, written to the journal before they are believed. */
export function createDirectory(parts: DirectoryParts): Directory {
  const inTurn = createTurns();
  return {
    domains: domainsOf(parts, inTurn),
    accounts: accountsOf(parts, inTurn),
    aliases: aliasesOf(parts, inTurn),
  };
}

function createTurns(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (change) => {
    const mine = last.then(change);
    last = mine.catch(() => undefined);
    return mine;
  };
}

function domainsOf({ tables, journal }: DirectoryParts, inTurn: InTurn): Domains {
  const { domains, accounts, aliases } = tables;
  let names: ReadonlySet<string> | undefined;
  const save = async (record: DomainRecord): Promise<Result<DomainRecord, Trouble>> => {
    const saved = await journal.saveDomain(record);
    if (!saved.ok) return saved;
    domains.set(record.domain, record);
    names = undefined;
    return ok(record);
  };
  return {
    get: async (domain) => found(domains.get(domain), 'domain'),
    list: async (cursor, limit) => {
      const ordered = [...domains.values()].sort((a, b) => compareText(a.domain, b.domain));
      return ok(pageAfter(ordered, ({ domain }) => domain, { cursor, limit }));
    },
    create: (domain, nowMs) =>
      inTurn(async () => {
        if (domains.has(domain)) return exists('domain');
        return save({ domain, quota: noQuota, dkim: [], version: 1, createdAtMs: nowMs });
      }),
    change: (domain, patch, ifVersion) =>
      inTurn(async () => {
        const record = nextVersion(domains.get(domain), { what: 'domain', patch, ifVersion });
        return record.ok ? save(record.value) : record;
      }),
    remove: (domain) =>
      inTurn(async () => {
        const record = domains.get(domain);
        if (record === undefined) return notFound('domain');
        const inUse = [...accounts.values(), ...aliases.values()];
        if (inUse.some(({ address }) => address.domain === domain)) return conflict('domain-in-use');
        const dropped = await journal.dropDomain(record);
        if (dropped.ok) domains.delete(domain);
        names = undefined;
        return dropped;
      }),
    isLocal: (domain) => domains.has(domain),
    names: () => (names ??= new Set(domains.keys())),
  };
}

function accountsOf({ tables, journal, mail, random }: DirectoryParts, inTurn: InTurn): Accounts {
  const { accounts, byKey, domains } = tables;
  const view = tablesView(tables);
  const save = async (record: AccountRecord): Promise<Result<AccountRecord, Trouble>> => {
    const saved = await journal.saveAccount(record);
    if (!saved.ok) return saved;
    accounts.set(record.id, record);
    byKey.set(addressKey(record.address), record.id);
    return ok(record);
  };
  return {
    resolve: async (address) => ok(resolveAddress(view, address)),
    get: async (id) => found(accounts.get(id), 'account'),
    async byAddress(address) {
      const id = byKey.get(addressKey(address));
      return found(id === undefined ? undefined : accounts.get(id), 'account');
    },
    list: async (cursor, limit) => {
      const ordered = [...accounts.values()].sort((a, b) => compareText(a.id, b.id));
      return ok(pageAfter(ordered, ({ id }) => id, { cursor, limit }));
    },
    create: ({ nowMs, reservedNameAllowed, ...account }) =>
      inTurn(async () => {
        const { address } = account;
        const allowed = checkNewAddress({
          address,
          reservedNameAllowed,
          domainIsLocal: domains.has(address.domain),
          taken: isTaken(tables, addressKey(address)),
        });
        if (!allowed.ok) return allowed;
        const id = makeId<AccountId>(nowMs, random.bytes(10));
        const made = await mail.create(id);
        if (!made.ok) return made;
        return save({ ...account, id, state: 'active', version: 1, createdAtMs: nowMs });
      }),
    change: (id, patch, ifVersion) =>
      inTurn(async () => {
        const record = nextVersion(accounts.get(id), { what: 'account', patch, ifVersion });
        return record.ok ? save(record.value) : record;
      }),
    remove: (id) =>
      inTurn(async () => {
        const record = accounts.get(id);
        if (record === undefined) return notFound('account');
        const removed = await mail.remove(id);
        if (!removed.ok) return removed;
        const dropped = await journal.dropAccount(record);
        if (!dropped.ok) return dropped;
        accounts.delete(id);
        byKey.delete(addressKey(record.address));
        return ok(undefined);
      }),
    usage: async (id) => (accounts.has(id) ? mail.usage(id) : notFound('account')),
    async maySendAs(id, address) {
      const resolution = resolveAddress(view, address);
      const targets = resolution.kind === 'targets' ? resolution.targets : [];
      return ok(targets.some((target) => target.kind === 'account' && target.account === id));
    },
  };
}

function aliasesOf({ tables, journal }: DirectoryParts, inTurn: InTurn): Aliases {
  const { aliases, domains } = tables;
  return {
    get: async (address) => found(aliases.get(addressKey(address)), 'alias'),
    list: async (cursor, limit) => {
      const ordered = [...aliases].sort(([a], [b]) => compareText(a, b));
      const page = pageAfter(ordered, ([key]) => key, { cursor, limit });
      return ok({ items: page.items.map(([, record]) => record), next: page.next });
    },
    create: (address, targets, reservedNameAllowed) =>
      inTurn(async () => {
        const key = addressKey(address);
        const allowed = checkNewAddress({
          address,
          reservedNameAllowed,
          domainIsLocal: domains.has(address.domain),
          taken: isTaken(tables, key),
        });
        if (!allowed.ok) return allowed;
        const targetsAllowed = checkAliasTargets(targets);
        if (!targetsAllowed.ok) return targetsAllowed;
        const record: AliasRecord = { address, targets: [...targets], version: 1 };
        const saved = await journal.saveAlias(record);
        if (!saved.ok) return saved;
        aliases.set(key, record);
        return ok(record);
      }),
    remove: (address) =>
      inTurn(async () => {
        const record = aliases.get(addressKey(address));
        if (record === undefined) return notFound('alias');
        const dropped = await journal.dropAlias(record);
        if (dropped.ok) aliases.delete(addressKey(address));
        return dropped;
      }),
  };
}

function isTaken({ byKey, aliases }: DirectoryTables, key: string): boolean {
  return byKey.has(key) || aliases.has(key);
}

function found<T>(record: T | undefined, what: string): Result<T, Trouble> {
  return record === undefined ? notFound(what) : ok(record);
}

interface Change<T> {
  readonly what: string;
  readonly patch: Partial<T>;
  readonly ifVersion: number;
}

function nextVersion<T extends { readonly version: number }>(
  record: T | undefined,
  { what, patch, ifVersion }: Change<NoInfer<T>>,
): Result<T, Trouble> {
  if (record === undefined) return notFound(what);
  return record.version === ifVersion ? ok({ ...record, ...patch, version: ifVersion + 1 }) : conflict(what);
}
