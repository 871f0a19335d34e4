import { domainListDefaults } from '../dns-list.ts';
import type { DnsList } from '../dns-list.ts';

/** Domains that stand in unwanted mail, sorted by what they are for. */
export const surbl: DnsList = {
  ...domainListDefaults,
  name: 'surbl',
  title: 'SURBL',
  uses: ['links'],
  zone: 'multi.surbl.org',
  takesAddresses: true,
  codes: {
    kind: 'bits',
    meanings: [
      { bit: 8, meaning: 'phishing (PH)', share: 1.5 },
      { bit: 16, meaning: 'malware (MW)', share: 1.5 },
      { bit: 64, meaning: 'spam (ABUSE)', share: 1 },
      { bit: 128, meaning: 'a cracked site (CR)', share: 0.7 },
    ],
  },
  test: { listed: 'test.surbl.org', unlisted: 'invalid' },
  action: 'off',
  weight: 6,
  terms: 'Free for fewer than 1,000 users and 250,000 messages a day, through a resolver of your own.',
  termsAt: 'https://surbl.org/usage-policy',
  lookUpAt: 'https://surbl.org/surbl-analysis',
};

export const uribl: DnsList = {
  ...domainListDefaults,
  name: 'uribl',
  title: 'URIBL',
  requirements: ['I-31'],
  uses: ['links'],
  zone: 'multi.uribl.com',
  takesAddresses: true,
  codes: {
    kind: 'bits',
    meanings: [
      { bit: 2, meaning: 'a domain of spammers (black)', share: 1 },
      { bit: 4, meaning: 'a domain of bulk mail (grey)', share: 0.2 },
      { bit: 8, meaning: 'a young or hidden domain (red)', share: 0 },
    ],
  },
  test: { listed: 'test.uribl.com', unlisted: 'invalid' },
  action: 'off',
  weight: 6,
  terms: 'Free for low volume, through a resolver of your own.',
  termsAt: 'https://uribl.com/about.shtml#abuse',
  lookUpAt: 'https://lookup.uribl.com/',
};
