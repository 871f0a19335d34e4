import type { Address } from '#mail/address.ts';

/**
 * The one spelling under which an address is looked up: local part NFC and without case, `@`, domain.
 * A domain holds no `@`, so the last one splits it again.
 */
export function addressKey(address: Address): string {
  return `${foldLocalPart(address.local)}@${address.domain}`;
}

export function foldLocalPart(local: string): string {
  return local.normalize('NFC').toLowerCase().normalize('NFC');
}

/** RFC 5233: what precedes and follows the first `+`; `undefined` if there is no sub-address. */
export function splitSubAddress(
  local: string,
): { readonly base: string; readonly detail: string } | undefined {
  const at = local.indexOf('+');
  return at > 0 ? { base: local.slice(0, at), detail: local.slice(at + 1) } : undefined;
}
