import type { ClientAddress } from '#base/client-address.ts';
import type { Domain } from '#mail/domain.ts';
import { ownDmarcRecord } from '#mailauth/dmarc/own-dmarc.ts';
import { ownSpfRecord } from '#mailauth/spf/own-record.ts';
import type { DomainRecord } from '#store/contract/accounts.ts';

/** A record that a domain's zone should hold, and why. */
export interface ExpectedRecord {
  readonly name: string;
  readonly type: 'MX' | 'TXT';
  readonly value: string;
  readonly purpose: string;
}

/** What others see of this server. */
export interface SendingServer {
  readonly hostname: Domain;
  readonly outgoingAddresses: readonly ClientAddress[];
}

/** What to publish so that mail for and from the domain flows (P-20, P-21, I-34, I-39). */
export function expectedRecords(record: DomainRecord, server: SendingServer): readonly ExpectedRecord[] {
  const { domain } = record;
  return [
    { name: domain, type: 'MX', value: `10 ${server.hostname}`, purpose: 'others find this server' },
    {
      name: domain,
      type: 'TXT',
      value: ownSpfRecord(server.outgoingAddresses),
      purpose: 'SPF: only this server sends for the domain',
    },
    ...record.dkim
      .filter((key) => key.active)
      .map((key) => ({
        name: `${key.selector}._domainkey.${domain}`,
        type: 'TXT' as const,
        value: key.record,
        purpose: `DKIM: others can check our ${key.algorithm} signatures`,
      })),
    {
      name: `_dmarc.${domain}`,
      type: 'TXT',
      value: ownDmarcRecord(domain),
      purpose: 'DMARC: reports come; raise to p=quarantine, then p=reject',
    },
  ];
}
