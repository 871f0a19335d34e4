import type { Address } from '#mail/address.ts';
import { headerAddress, parseAddressList } from '#mail/header-address.ts';
import { findFields, foldedValue } from '#mail/header.ts';
import type { HeaderBlock } from '#mail/header.ts';

/** All addresses of the first From field that can be read; whether it is the only one is for others to judge. */
export function authorAddresses(header: HeaderBlock): readonly Address[] {
  const [from] = findFields(header, 'from');
  if (from === undefined) return [];
  return parseAddressList(foldedValue(header, from)).addresses.flatMap((one) => {
    const address = headerAddress(one);
    return address.ok ? [address.value] : [];
  });
}
