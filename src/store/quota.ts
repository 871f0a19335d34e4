import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Quota } from './contract/accounts.ts';
import type { Trouble } from './contract/trouble.ts';

export interface Usage {
  readonly bytes: number;
  readonly messages: number;
}

export interface QuotaQuestion {
  readonly account: { readonly usage: Usage; readonly quota: Quota };
  readonly domain: { readonly usage: Usage; readonly quota: Quota };
  /** What shall be added. */
  readonly add: Usage;
}

export const noQuota: Quota = { bytes: undefined, messages: undefined };

export const noUsage: Usage = { bytes: 0, messages: 0 };

/** Is there room in the account and in its domain? The account is asked first: its owner can do something. */
export function checkQuota({ account, domain, add }: QuotaQuestion): Result<void, Trouble> {
  for (const [scope, { usage, quota }] of [['account', account] as const, ['domain', domain] as const]) {
    if (exceeds(usage.bytes + add.bytes, quota.bytes))
      return err({ code: 'over-quota', scope, limit: 'bytes' });
    if (exceeds(usage.messages + add.messages, quota.messages)) {
      return err({ code: 'over-quota', scope, limit: 'messages' });
    }
  }
  return ok(undefined);
}

export function addUsage(a: Usage, b: Usage): Usage {
  return { bytes: a.bytes + b.bytes, messages: a.messages + b.messages };
}

function exceeds(amount: number, limit: number | undefined): boolean {
  return limit !== undefined && amount > limit;
}
