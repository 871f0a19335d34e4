import type { AccountId } from '#base/id.ts';
import { ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Trouble } from '../contract/trouble.ts';
import { createDirectory } from '../directory.ts';
import type { AccountMail, Directory, DirectoryJournal } from '../directory.ts';
import { accountsOfDomain, emptyTables, quotaScopeOf } from '../directory-tables.ts';
import { addUsage, checkQuota, noUsage } from '../quota.ts';
import type { Usage } from '../quota.ts';
import { notFound } from '../trouble.ts';
import { createMemoryAccount } from './memory-account.ts';
import type { MemoryAccount, MemoryWorld } from './memory-account.ts';

/** The directory in memory, and the accounts' mail with it. */
export interface MemoryDirectory extends Directory {
  mail(id: AccountId): Result<MemoryAccount, Trouble>;
  room(id: AccountId, add: Usage): Result<void, Trouble>;
}

const nothingLasts = async (): Promise<Result<void, Trouble>> => ok(undefined);

const journal: DirectoryJournal = {
  saveDomain: nothingLasts,
  dropDomain: nothingLasts,
  saveAccount: nothingLasts,
  dropAccount: nothingLasts,
  saveAlias: nothingLasts,
  dropAlias: nothingLasts,
};

export function createMemoryDirectory(world: MemoryWorld): MemoryDirectory {
  const tables = emptyTables();
  const boxes = new Map<AccountId, MemoryAccount>();
  const mail = (id: AccountId): Result<MemoryAccount, Trouble> => {
    const account = boxes.get(id);
    return account === undefined ? notFound('account') : ok(account);
  };
  const usage = (id: AccountId): Usage => {
    const account = boxes.get(id);
    return account === undefined ? { bytes: 0, messages: 0 } : usageOf(account);
  };
  return {
    ...createDirectory({ tables, journal, mail: memoryMail(world, boxes), random: world.random }),
    mail,
    room(id, add) {
      const scope = quotaScopeOf(tables, id);
      if (scope === undefined) return notFound('account');
      const ofDomain = accountsOfDomain(tables, scope.domain).map(usage).reduce(addUsage, noUsage);
      return checkQuota({
        account: { usage: usage(id), quota: scope.quota },
        domain: { usage: ofDomain, quota: scope.domainQuota },
        add,
      });
    },
  };
}

function memoryMail(world: MemoryWorld, boxes: Map<AccountId, MemoryAccount>): AccountMail {
  return {
    async create(id) {
      boxes.set(id, createMemoryAccount(world, id));
      return ok(undefined);
    },
    async remove(id) {
      const blobs = [...(boxes.get(id)?.blobUses.keys() ?? [])];
      boxes.delete(id);
      for (const blob of blobs) await world.blobs.remove(blob);
      return ok(undefined);
    },
    async usage(id) {
      const account = boxes.get(id);
      return account === undefined ? notFound('account') : ok(usageOf(account));
    },
  };
}

function usageOf(account: MemoryAccount): Usage {
  const messages = account.mailboxes.values().flatMap((mailbox) => mailbox.messages.values());
  const usages = messages.map(({ summary }): Usage => ({ bytes: summary.sizeBytes, messages: 1 }));
  return usages.reduce(addUsage, { bytes: 0, messages: 0 });
}
