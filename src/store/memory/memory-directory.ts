import type { AccountId } from '#base/id.ts';
import { makeId } from '#base/id.ts';
import { ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Domain } from '#mail/domain.ts';
import { addressKey } from '../address-key.ts';
import type {
  AccountRecord,
  Accounts,
  AliasRecord,
  Aliases,
  DomainRecord,
  Domains,
} from '../contract/accounts.ts';
import type { Trouble } from '../contract/trouble.ts';
import { checkAliasTargets, checkNewAddress } from '../new-address.ts';
import { pageAfter } from '../page.ts';
import { addUsage, checkQuota, noQuota } from '../quota.ts';
import type { Usage } from '../quota.ts';
import { resolveAddress } from '../resolve.ts';
import type { DirectoryView } from '../resolve.ts';
import { conflict, exists, notFound } from '../trouble.ts';
import { createMemoryAccount } from './memory-account.ts';
import type { MemoryAccount, MemoryWorld } from './memory-account.ts';

/** Domains, accounts and aliases in memory, and the accounts' mail with them. */
export interface MemoryDirectory {
  readonly domains: Domains;
  readonly accounts: Accounts;
  readonly aliases: Aliases;
  mail(id: AccountId): Result<MemoryAccount, Trouble>;
  room(id: AccountId, add: Usage): Result<void, Trouble>;
}

interface Tables {
  readonly domains: Map<string, DomainRecord>;
  readonly accounts: Map<AccountId, AccountRecord>;
  readonly mail: Map<AccountId, MemoryAccount>;
  /** By `addressKey`. */
  readonly byKey: Map<string, AccountId>;
  readonly aliases: Map<string, AliasRecord>;
}

export function createMemoryDirectory(world: MemoryWorld): MemoryDirectory {
  const tables: Tables = {
    domains: new Map(),
    accounts: new Map(),
    mail: new Map(),
    byKey: new Map(),
    aliases: new Map(),
  };
  return {
    domains: memoryDomains(tables),
    accounts: memoryAccounts(world, tables),
    aliases: memoryAliases(tables),
    mail: (id) => {
      const mail = tables.mail.get(id);
      return mail === undefined ? notFound('account') : ok(mail);
    },
    room: (id, add) => room(tables, id, add),
  };
}

function memoryDomains({ domains, accounts, aliases }: Tables): Domains {
  return {
    get: async (domain) => found(domains.get(domain), 'domain'),
    list: async (cursor, limit) => {
      const ordered = [...domains.values()].sort((a, b) => (a.domain < b.domain ? -1 : 1));
      return ok(pageAfter(ordered, (record) => record.domain, { cursor, limit }));
    },
    async create(domain, nowMs) {
      if (domains.has(domain)) return exists('domain');
      const record: DomainRecord = { domain, quota: noQuota, dkim: [], version: 1, createdAtMs: nowMs };
      domains.set(domain, record);
      return ok(record);
    },
    change: async (domain, patch, ifVersion) =>
      changed(domains, { key: domain, what: 'domain', patch, ifVersion }),
    async remove(domain) {
      if (!domains.has(domain)) return notFound('domain');
      const records = [...accounts.values(), ...aliases.values()];
      if (records.some(({ address }) => address.domain === domain)) return conflict('domain-in-use');
      domains.delete(domain);
      return ok(undefined);
    },
    isLocal: (domain) => domains.has(domain),
  };
}

function memoryAccounts(world: MemoryWorld, tables: Tables): Accounts {
  const { accounts, byKey, mail, domains } = tables;
  const view = directoryView(tables);
  return {
    resolve: async (address) => ok(resolveAddress(view, address)),
    get: async (id) => found(accounts.get(id), 'account'),
    async byAddress(address) {
      const id = byKey.get(addressKey(address));
      return found(id === undefined ? undefined : accounts.get(id), 'account');
    },
    list: async (cursor, limit) => {
      const ordered = [...accounts.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
      return ok(pageAfter(ordered, ({ id }) => id, { cursor, limit }));
    },
    async create({ nowMs, reservedNameAllowed, ...account }) {
      const key = addressKey(account.address);
      const allowed = checkNewAddress({
        address: account.address,
        reservedNameAllowed,
        domainIsLocal: domains.has(account.address.domain),
        taken: byKey.has(key) || tables.aliases.has(key),
      });
      if (!allowed.ok) return allowed;
      const id = makeId<AccountId>(nowMs, world.random.bytes(10));
      const record: AccountRecord = { ...account, id, state: 'active', version: 1, createdAtMs: nowMs };
      accounts.set(id, record);
      byKey.set(key, id);
      mail.set(id, createMemoryAccount(world, id));
      return ok(record);
    },
    change: async (id, patch, ifVersion) => changed(accounts, { key: id, what: 'account', patch, ifVersion }),
    async remove(id) {
      const record = accounts.get(id);
      if (record === undefined) return notFound('account');
      const blobs = [...(mail.get(id)?.blobUses.keys() ?? [])];
      accounts.delete(id);
      byKey.delete(addressKey(record.address));
      mail.delete(id);
      for (const blob of blobs) await world.blobs.remove(blob);
      return ok(undefined);
    },
    async usage(id) {
      const account = mail.get(id);
      return account === undefined ? notFound('account') : ok(usageOf(account));
    },
    async maySendAs(id, address) {
      const resolution = resolveAddress(view, address);
      const targets = resolution.kind === 'targets' ? resolution.targets : [];
      return ok(targets.some((target) => target.kind === 'account' && target.account === id));
    },
  };
}

function memoryAliases(tables: Tables): Aliases {
  const { aliases } = tables;
  return {
    get: async (address) => found(aliases.get(addressKey(address)), 'alias'),
    list: async (cursor, limit) => {
      const ordered = [...aliases].sort(([a], [b]) => (a < b ? -1 : 1));
      const page = pageAfter(ordered, ([key]) => key, { cursor, limit });
      return ok({ items: page.items.map(([, record]) => record), next: page.next });
    },
    async create(address, targets, reservedNameAllowed) {
      const key = addressKey(address);
      const allowed = checkNewAddress({
        address,
        reservedNameAllowed,
        domainIsLocal: tables.domains.has(address.domain),
        taken: aliases.has(key) || tables.byKey.has(key),
      });
      if (!allowed.ok) return allowed;
      const targetsAllowed = checkAliasTargets(targets);
      if (!targetsAllowed.ok) return targetsAllowed;
      const record: AliasRecord = { address, targets: [...targets], version: 1 };
      aliases.set(key, record);
      return ok(record);
    },
    remove: async (address) => (aliases.delete(addressKey(address)) ? ok(undefined) : notFound('alias')),
  };
}

function directoryView(tables: Tables): DirectoryView {
  const administrators = (): readonly AccountRecord[] =>
    [...tables.accounts.values()].filter((account) => account.administers.length > 0);
  return {
    isLocal: (domain) => tables.domains.has(domain),
    account: (key) => tables.byKey.get(key),
    alias: (key) => tables.aliases.get(key)?.targets,
    administrators(domain) {
      const all = administrators();
      const own = all.filter((account) => account.administers.includes(domain as Domain));
      return (own.length > 0 ? own : all).map(({ id }) => id);
    },
  };
}

function room({ accounts, mail, domains }: Tables, id: AccountId, add: Usage): Result<void, Trouble> {
  const record = accounts.get(id);
  const own = mail.get(id);
  if (record === undefined || own === undefined) return notFound('account');
  const { domain } = record.address;
  const ofDomain = [...accounts.values()].filter((account) => account.address.domain === domain);
  const usage = ofDomain
    .flatMap((account) => mail.get(account.id) ?? [])
    .map(usageOf)
    .reduce(addUsage, { bytes: 0, messages: 0 });
  return checkQuota({
    account: { usage: usageOf(own), quota: record.quota },
    domain: { usage, quota: domains.get(domain)?.quota ?? noQuota },
    add,
  });
}

export function usageOf(account: MemoryAccount): Usage {
  const messages = account.mailboxes.values().flatMap((mailbox) => mailbox.messages.values());
  return messages
    .map((message) => ({ bytes: message.summary.sizeBytes, messages: 1 }))
    .reduce(addUsage, {
      bytes: 0,
      messages: 0,
    });
}

function found<T>(record: T | undefined, what: string): Result<T, Trouble> {
  return record === undefined ? notFound(what) : ok(record);
}

interface Change<K, T> {
  readonly key: K;
  readonly what: string;
  readonly patch: Partial<T>;
  readonly ifVersion: number;
}

function changed<K, T extends { readonly version: number }>(
  table: Map<K, T>,
  { key, what, patch, ifVersion }: Change<K, NoInfer<T>>,
): Result<T, Trouble> {
  const record = table.get(key);
  if (record === undefined) return notFound(what);
  if (record.version !== ifVersion) return conflict(what);
  const next = { ...record, ...patch, version: record.version + 1 };
  table.set(key, next);
  return ok(next);
}
