import type { AccountId } from '#base/id.ts';
import { ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { quotaScopeOf } from '#store/directory-tables.ts';
import type { DirectoryTables } from '#store/directory-tables.ts';
import { addUsage, checkQuota } from '#store/quota.ts';
import type { Usage } from '#store/quota.ts';
import { notFound } from '#store/trouble.ts';

type UsageOf = (id: AccountId) => Promise<Result<Usage, Trouble>>;

/**
 * May the account take so much more, by its own quota and its domain's? Nothing is read for accounts without limits.
 * Two that ask at the same moment may both be let in: quotas are for people, by the message.
 */
export async function accountRoom(
  tables: DirectoryTables,
  usage: UsageOf,
  { id, add }: { readonly id: AccountId; readonly add: Usage },
): Promise<Result<void, Trouble>> {
  const scope = quotaScopeOf(tables, id);
  if (scope === undefined) return notFound('account');
  const { quota, domainQuota, domainAccounts } = scope;
  const limited = quota.bytes !== undefined || quota.messages !== undefined || domainAccounts.length > 0;
  if (!limited) return ok(undefined);
  const own = await usage(id);
  if (!own.ok) return own;
  return checkQuota({
    account: { usage: own.value, quota },
    domain: { usage: await usageOfAll(domainAccounts, usage), quota: domainQuota },
    add,
  });
}

/** An account that cannot be read now cannot grow either: the others of its domain go on without it. */
async function usageOfAll(ids: readonly AccountId[], usage: UsageOf): Promise<Usage> {
  const all = await Promise.all(ids.map(usage));
  return all.flatMap((one) => (one.ok ? [one.value] : [])).reduce(addUsage, { bytes: 0, messages: 0 });
}
