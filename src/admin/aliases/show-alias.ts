import { formatAddress } from '#mail/address.ts';
import type { AliasRecord } from '#store/contract/accounts.ts';

export interface ShownAlias {
  readonly address: string;
  readonly targets: readonly string[];
}

export function showAlias(record: AliasRecord): ShownAlias {
  return { address: formatAddress(record.address), targets: record.targets.map(formatAddress) };
}
