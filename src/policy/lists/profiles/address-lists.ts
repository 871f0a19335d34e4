import { addressListDefaults } from '../dns-list.ts';
import type { DnsList } from '../dns-list.ts';

const spamSource = { '127.0.0.2': { meaning: 'a source of spam', share: 1 } } as const;

export const barracuda: DnsList = {
  ...addressListDefaults,
  name: 'barracuda',
  title: 'Barracuda Reputation Block List',
  zone: 'b.barracudacentral.org',
  codes: { kind: 'exact', meanings: spamSource },
  action: 'off',
  weight: 4,
  terms: 'Free, once the address of your resolver is registered.',
  termsAt: 'https://www.barracudacentral.org/rbl/how-to-use',
  lookUpAt: 'https://www.barracudacentral.org/lookups',
};

/** Quick to list and to forget, and wrong at times by its own word: it counts little. */
export const spamcop: DnsList = {
  ...addressListDefaults,
  name: 'spamcop',
  title: 'SpamCop',
  zone: 'bl.spamcop.net',
  codes: { kind: 'exact', meanings: spamSource },
  action: 'score',
  weight: 3,
  terms: 'Free for everyone; its makers ask to mark mail by it rather than to refuse.',
  termsAt: 'https://www.spamcop.net/bl.shtml',
  lookUpAt: 'https://www.spamcop.net/bl.shtml',
};

/** Fed by traps alone; anyone can take an address off. */
export const psbl: DnsList = {
  ...addressListDefaults,
  name: 'psbl',
  title: 'Passive Spam Block List',
  zone: 'psbl.surriel.com',
  codes: { kind: 'exact', meanings: spamSource },
  action: 'score',
  weight: 3,
  terms: 'Free for everyone.',
  termsAt: 'https://psbl.org/',
  lookUpAt: 'https://psbl.org/listing',
};
