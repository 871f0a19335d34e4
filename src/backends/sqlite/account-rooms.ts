import type { AccountId } from '#base/id.ts';
import { ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Quota } from '#store/contract/accounts.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { accountsOfDomain, quotaScopeOf } from '#store/directory-tables.ts';
import type { DirectoryTables, QuotaScope } from '#store/directory-tables.ts';
import { addUsage, checkQuota, noQuota, noUsage } from '#store/quota.ts';
import type { Usage } from '#store/quota.ts';
import { notFound } from '#store/trouble.ts';

/** What an account holds, as of a change. */
export interface Held {
  readonly usage: Usage;
  readonly modseq: number;
}

/** The limits that a change which adds has to keep; the account's own usage is looked up within its transaction. */
export interface Room {
  readonly quota: Quota;
  readonly domain: { readonly usage: Usage; readonly quota: Quota };
}

/** What is about to be added counts for the others of the domain until this is given back (`using`). */
export interface TakenRoom extends Disposable {
  readonly room: Room;
}

/** Quotas of accounts and of whole domains. */
export interface AccountRooms {
  /** Is there room now? For the question before a message comes (RCPT). */
  ask(account: AccountId, add: Usage): Promise<Result<void, Trouble>>;
  /** @param size asked only if the domain is limited */
  take(account: AccountId, size: () => Promise<Result<Usage, Trouble>>): Promise<Result<TakenRoom, Trouble>>;
  /** After each change. */
  holds(account: AccountId, held: Held): void;
  /** The account's file went, or another took its place. */
  forget(account: AccountId): void;
}

/**
 * What the accounts of one domain hold, kept from their changes: read once when it is first asked for, so that a question
 * costs the same for three accounts and for ten thousand.
 */
interface DomainSum {
  total: Usage;
  taken: Usage;
  readonly held: Map<AccountId, Held>;
  readonly complete: Promise<void>;
}

/** Accounts asked together for a domain's first sum. */
const askedTogether = 64;

export function accountRooms(
  tables: DirectoryTables,
  heldBy: (id: AccountId) => Promise<Result<Held, Trouble>>,
): AccountRooms {
  const sums = new Map<string, DomainSum>();

  function holds(id: AccountId, held: Held): void {
    const domain = tables.accounts.get(id)?.address.domain;
    const sum = domain === undefined ? undefined : sums.get(domain);
    if (sum !== undefined) note(sum, id, held);
  }

  /** An account that cannot be read now cannot grow either: the others of its domain go on without it. */
  async function readAll(domain: string): Promise<void> {
    const ids = accountsOfDomain(tables, domain);
    for (let at = 0; at < ids.length; at += askedTogether) {
      const lot = ids.slice(at, at + askedTogether);
      const answers = await Promise.all(lot.map(heldBy));
      for (const [n, id] of lot.entries()) {
        const answer = answers[n];
        if (answer?.ok === true) holds(id, answer.value);
      }
    }
  }

  function sumOf(domain: string): DomainSum {
    const known = sums.get(domain);
    if (known !== undefined) return known;
    const started = Promise.withResolvers<void>();
    const sum = { total: noUsage, taken: noUsage, held: new Map(), complete: started.promise };
    sums.set(domain, sum);
    started.resolve(readAll(domain));
    return sum;
  }

  async function domainSum({ domain, domainQuota }: QuotaScope): Promise<DomainSum | undefined> {
    if (!isLimited(domainQuota)) return undefined;
    const sum = sumOf(domain);
    await sum.complete;
    return sum;
  }

  return {
    async ask(id, add) {
      const scope = quotaScopeOf(tables, id);
      if (scope === undefined) return notFound('account');
      const sum = await domainSum(scope);
      const own = isLimited(scope.quota) ? await heldBy(id) : ok({ usage: noUsage });
      if (!own.ok) return own;
      return checkQuota({
        account: { usage: own.value.usage, quota: scope.quota },
        domain: roomOf(scope, sum).domain,
        add,
      });
    },
    async take(id, size) {
      const scope = quotaScopeOf(tables, id);
      if (scope === undefined) return notFound('account');
      const sum = await domainSum(scope);
      if (sum === undefined) return ok({ room: roomOf(scope, sum), [Symbol.dispose]: () => undefined });
      const add = await size();
      if (!add.ok) return add;
      const room = roomOf(scope, sum);
      sum.taken = addUsage(sum.taken, add.value);
      const done = (): void => {
        sum.taken = addUsage(sum.taken, negative(add.value));
      };
      return ok({ room, [Symbol.dispose]: done });
    },
    holds,
    forget(id) {
      // Its domain is read anew when somebody asks.
      for (const [domain, { held }] of sums) if (held.has(id)) sums.delete(domain);
    },
  };
}

/** Answers may overtake each other; the latest change counts. */
function note(sum: DomainSum, id: AccountId, held: Held): void {
  const before = sum.held.get(id);
  if (before !== undefined && before.modseq > held.modseq) return;
  sum.held.set(id, held);
  sum.total = addUsage(addUsage(sum.total, negative(before?.usage ?? noUsage)), held.usage);
}

function roomOf({ quota, domainQuota }: QuotaScope, sum: DomainSum | undefined): Room {
  if (sum === undefined) return { quota, domain: { usage: noUsage, quota: noQuota } };
  return { quota, domain: { usage: addUsage(sum.total, sum.taken), quota: domainQuota } };
}

function isLimited({ bytes, messages }: Quota): boolean {
  return bytes !== undefined || messages !== undefined;
}

function negative({ bytes, messages }: Usage): Usage {
  return { bytes: -bytes, messages: -messages };
}
