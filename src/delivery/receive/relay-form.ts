import type { Address } from '#mail/address.ts';

/**
 * How an address tries to lead further than it says: the classic ways to find an open relay (P-09, I-13). None is ever
 * followed; the name is for the trace, the event and the reply.
 */
export type RelayForm = 'percent' | 'bang' | 'at-in-local' | 'route' | 'literal' | 'foreign';

/** The form of a local part that no account of ours has. */
export function relayFormOf(local: string): RelayForm | undefined {
  if (local.startsWith('@') && local.includes(':')) return 'route';
  if (local.includes('@')) return 'at-in-local';
  if (local.includes('%')) return 'percent';
  if (local.includes('!')) return 'bang';
  return undefined;
}

/** The form of an address whose domain is not ours. */
export function foreignForm(address: Address): RelayForm {
  return relayFormOf(address.local) ?? (address.domain.startsWith('[') ? 'literal' : 'foreign');
}
