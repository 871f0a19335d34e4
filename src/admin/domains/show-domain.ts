import type { DomainRecord } from '#store/contract/accounts.ts';
import { showTime } from '../show.ts';
import { spellDownstream } from './downstream-kind.ts';

export interface ShownDomain {
  readonly domain: string;
  readonly quotaBytes: number | null;
  readonly quotaMessages: number | null;
  readonly dkim: readonly {
    readonly selector: string;
    readonly algorithm: string;
    readonly active: boolean;
  }[];
  /** `host:port,tls` of the server behind this one. */
  readonly downstream: string | null;
  readonly createdAt: string;
}

/** A domain for output: private keys stay inside. */
export function showDomain(record: DomainRecord): ShownDomain {
  return {
    domain: record.domain,
    quotaBytes: record.quota.bytes ?? null,
    quotaMessages: record.quota.messages ?? null,
    dkim: record.dkim.map(({ selector, algorithm, active }) => ({ selector, algorithm, active })),
    downstream: record.downstream === undefined ? null : spellDownstream(record.downstream),
    createdAt: showTime(record.createdAtMs),
  };
}
