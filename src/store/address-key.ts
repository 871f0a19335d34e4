import type { Address } from '#mail/address.ts';

/**
 * The one spelling under which an address is looked up: local part NFC and without case, `@`, domain.
 * A domain holds no `@`, so the last one splits it again.
 */
export function addressKey(address: Address): string {
  return `${foldLocalPart(address.local)}@${address.domain}`;
}

export function foldLocalPart(local: string): string {
  // Nothing in ASCII has another form.
  if (ascii.test(local)) return local.toLowerCase();
  return local.normalize('NFC').toLowerCase().normalize('NFC');
}

const ascii = /^[ -~]*$/;
