import type { DomainRecord } from '#store/contract/accounts.ts';
import { showTime } from '../show.ts';

export interface ShownDomain {
  readonly domain: string;
  readonly quotaBytes: number | null;
  readonly quotaMessages: number | null;
  readonly dkim: readonly {
    readonly selector: string;
    readonly algorithm: string;
    readonly active: boolean;
  }[];
  readonly createdAt: string;
}

/** A domain for output: private keys stay inside. */
export function showDomain(record: DomainRecord): ShownDomain {
  return {
    domain: record.domain,
    quotaBytes: record.quota.bytes ?? null,
    quotaMessages: record.quota.messages ?? null,
    dkim: record.dkim.map(({ selector, algorithm, active }) => ({ selector, algorithm, active })),
    createdAt: showTime(record.createdAtMs),
  };
}
