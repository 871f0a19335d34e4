import type { DnsList } from './dns-list.ts';
import { barracuda, psbl, spamcop } from './profiles/address-lists.ts';
import { surbl, uribl } from './profiles/link-lists.ts';
import { spamhausDbl, spamhausZen } from './profiles/spamhaus.ts';

/** The lists that come ready made (P-22). Others are named by their zone (`lists.address_zones`, `lists.domain_zones`). */
export const dnsLists: readonly DnsList[] = [
  spamhausZen,
  barracuda,
  spamcop,
  psbl,
  spamhausDbl,
  surbl,
  uribl,
];
