import type { AccountId } from '#base/id.ts';
import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { MailboxId } from '#base/id.ts';
import type { Messages, NewMessage } from '#store/contract/messages.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { quotaScopeOf } from '#store/directory-tables.ts';
import type { DirectoryTables, QuotaScope } from '#store/directory-tables.ts';
import { addUsage, checkQuota } from '#store/quota.ts';
import type { Usage } from '#store/quota.ts';
import { notFound } from '#store/trouble.ts';

export interface QuotaGateParts {
  readonly messages: Messages;
  readonly tables: DirectoryTables;
  readonly usage: (id: AccountId) => Promise<Result<Usage, Trouble>>;
  /** Is the reserve of disk untouched? New mail is refused without it, deletions go on (STORAGE §2). */
  readonly diskReserve: () => Promise<Result<void, Trouble>>;
}

/**
 * Messages whose growth meets quota and disk first. What may be refused for an account's or its domain's sake is done
 * one after the other, so that what was asked still holds; what the queue has accepted always goes in.
 */
export function quotaGate({ messages, tables, usage, diskReserve }: QuotaGateParts): Messages {
  const turns = new Map<string, Promise<unknown>>();

  function inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
    const mine = (turns.get(name) ?? Promise.resolve()).then(work);
    const settled = mine.then(
      () => undefined,
      () => undefined,
    );
    turns.set(name, settled);
    void settled.then(() => {
      if (turns.get(name) === settled) turns.delete(name);
      return undefined;
    });
    return mine;
  }

  async function usageOfAll(ids: readonly AccountId[]): Promise<Result<Usage, Trouble>> {
    let sum: Usage = { bytes: 0, messages: 0 };
    for (const one of await Promise.all(ids.map(usage))) {
      // An account that cannot be read now cannot grow either; the others of its domain go on.
      if (one.ok) sum = addUsage(sum, one.value);
    }
    return ok(sum);
  }

  async function room(id: AccountId, scope: QuotaScope, add: Usage): Promise<Result<void, Trouble>> {
    const own = await usage(id);
    if (!own.ok) return own;
    const ofDomain = await usageOfAll(scope.domainAccounts);
    if (!ofDomain.ok) return ofDomain;
    return checkQuota({
      account: { usage: own.value, quota: scope.quota },
      domain: { usage: ofDomain.value, quota: scope.domainQuota },
      add,
    });
  }

  /** Grows if there is room; accounts without limits do not wait for each other. */
  async function grow<T>(
    id: AccountId,
    add: () => Promise<Result<Usage, Trouble>>,
    work: () => Promise<Result<T, Trouble>>,
  ): Promise<Result<T, Trouble>> {
    const scope = quotaScopeOf(tables, id);
    if (scope === undefined) return notFound('account');
    const disk = await diskReserve();
    if (!disk.ok) return disk;
    if (!isLimited(scope)) return work();
    const domain = tables.accounts.get(id)?.address.domain ?? '';
    return inTurn(scope.domainAccounts.length > 0 ? domain : id, async () => {
      const added = await add();
      const allowed = added.ok ? await room(id, scope, added.value) : added;
      return allowed.ok ? work() : err(allowed.error);
    });
  }

  async function usageOfRows(
    id: AccountId,
    mailbox: MailboxId,
    uids: readonly number[],
  ): Promise<Result<Usage, Trouble>> {
    const left = [...new Set(uids)].sort((a, b) => a - b);
    let sum: Usage = { bytes: 0, messages: 0 };
    for (let at = 0; at < left.length; at += rowsPerRead) {
      const rows = await messages.read(id, mailbox, left.slice(at, at + rowsPerRead), new Set(), rowsPerRead);
      if (!rows.ok) return rows;
      for (const { sizeBytes } of rows.value) sum = addUsage(sum, { bytes: sizeBytes, messages: 1 });
    }
    return ok(sum);
  }

  return {
    ...messages,
    append: (id, mailbox, added, key) =>
      grow(
        id,
        async () => ok(usageOfNew(added)),
        () => messages.append(id, mailbox, added, key),
      ),
    copy: (id, from, uids, to) =>
      grow(
        id,
        () => usageOfRows(id, from, uids),
        () => messages.copy(id, from, uids, to),
      ),
    async room(id, bytes) {
      const scope = quotaScopeOf(tables, id);
      if (scope === undefined) return notFound('account');
      const disk = await diskReserve();
      return disk.ok ? room(id, scope, { bytes, messages: 1 }) : disk;
    },
  };
}

const rowsPerRead = 256;

function isLimited({ quota, domainQuota }: QuotaScope): boolean {
  return [quota, domainQuota].some(({ bytes, messages }) => bytes !== undefined || messages !== undefined);
}

function usageOfNew(messages: readonly NewMessage[]): Usage {
  return messages
    .map(({ summary }): Usage => ({ bytes: summary.sizeBytes, messages: 1 }))
    .reduce(addUsage, { bytes: 0, messages: 0 });
}
