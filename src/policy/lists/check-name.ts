import type { DnsList, ListUse } from './dns-list.ts';
import { isOwnZone, ownAddressLists, ownDomainLists } from './own-zones.ts';

/** The check that speaks for a list at one use; its settings are those of the list there. */
export function listCheckName({ name, uses }: Pick<DnsList, 'name' | 'uses'>, use: ListUse): string {
  const plain = isOwnZone(name) ? (uses.includes('client') ? ownAddressLists : ownDomainLists) : name;
  return uses[0] === use ? plain : `${plain}-${use}`;
}
