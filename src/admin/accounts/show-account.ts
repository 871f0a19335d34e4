import type { AccountId } from '#base/id.ts';
import { formatAddress } from '#mail/address.ts';
import type { AccountRecord } from '#store/contract/accounts.ts';
import { showTime } from '../show.ts';

export interface ShownAccount {
  readonly id: AccountId;
  readonly address: string;
  readonly state: string;
  readonly administers: readonly string[];
  readonly quotaBytes: number | null;
  readonly quotaMessages: number | null;
  readonly passwordSet: boolean;
  readonly createdAt: string;
}

/** An account for output: verifiers stay inside. */
export function showAccount(record: AccountRecord): ShownAccount {
  return {
    id: record.id,
    address: formatAddress(record.address),
    state: record.state,
    administers: record.administers,
    quotaBytes: record.quota.bytes ?? null,
    quotaMessages: record.quota.messages ?? null,
    passwordSet: record.credentials.argon2id !== undefined,
    createdAt: showTime(record.createdAtMs),
  };
}
