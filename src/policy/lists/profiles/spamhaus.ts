import { addressListDefaults, domainListDefaults } from '../dns-list.ts';
import type { DnsList } from '../dns-list.ts';

const terms =
  'Free for low volume that is not commercial, through a resolver of your own; else with a key of the Data Query Service.';
const termsAt = 'https://www.spamhaus.org/blocklists/dnsbl-fair-use-policy/';

/** SBL, CSS, XBL, DROP and PBL in one. The PBL lists homes and phones, that is who should not send mail by itself. */
export const spamhausZen: DnsList = {
  ...addressListDefaults,
  name: 'spamhaus-zen',
  title: 'Spamhaus ZEN',
  requirements: ['I-33'],
  zone: 'zen.spamhaus.org',
  keyed: { zone: '{key}.zen.dq.spamhaus.net', key: 'spamhaus' },
  takesIpv6: true,
  codes: {
    kind: 'exact',
    meanings: {
      '127.0.0.2': { meaning: 'a source of spam (SBL)', share: 1 },
      '127.0.0.3': { meaning: 'a source of spam, found by machine (CSS)', share: 1 },
      '127.0.0.4': { meaning: 'an infected or abused host (XBL)', share: 1 },
      '127.0.0.5': { meaning: 'an infected or abused host (XBL)', share: 1 },
      '127.0.0.6': { meaning: 'an infected or abused host (XBL)', share: 1 },
      '127.0.0.7': { meaning: 'an infected or abused host (XBL)', share: 1 },
      '127.0.0.9': { meaning: 'a network in criminal hands (DROP)', share: 2 },
      '127.0.0.10': { meaning: 'an address that should not send mail, says its provider (PBL)', share: 0.6 },
      '127.0.0.11': { meaning: 'an address that should not send mail (PBL)', share: 0.6 },
      '127.0.0.30': { meaning: 'a controller of a botnet (BCL)', share: 2 },
    },
  },
  action: 'off',
  weight: 7,
  terms,
  termsAt,
  lookUpAt: 'https://check.spamhaus.org/',
};

/** Domains of spam, phishing and malware; also what abuse.ch finds comes this way. */
export const spamhausDbl: DnsList = {
  ...domainListDefaults,
  name: 'spamhaus-dbl',
  title: 'Spamhaus DBL',
  requirements: ['I-30', 'I-33'],
  uses: ['names', 'links'],
  zone: 'dbl.spamhaus.org',
  keyed: { zone: '{key}.dbl.dq.spamhaus.net', key: 'spamhaus' },
  codes: {
    kind: 'exact',
    meanings: {
      '127.0.1.2': { meaning: 'a domain of ill repute', share: 1 },
      '127.0.1.4': { meaning: 'a domain of phishing', share: 1.5 },
      '127.0.1.5': { meaning: 'a domain of malware', share: 1.5 },
      '127.0.1.6': { meaning: 'a controller of a botnet', share: 1.5 },
      '127.0.1.102': { meaning: 'a good domain that is abused for spam', share: 0.5 },
      '127.0.1.103': { meaning: 'a redirector that is abused', share: 0.3 },
      '127.0.1.104': { meaning: 'a good domain that is abused for phishing', share: 0.7 },
      '127.0.1.105': { meaning: 'a good domain that is abused for malware', share: 0.7 },
      '127.0.1.106': { meaning: 'a good domain that is abused by a botnet', share: 0.7 },
    },
  },
  errors: { '127.0.1.255': 'it was asked for an address, and lists domains only' },
  test: { listed: 'dbltest.com', unlisted: 'invalid' },
  action: 'off',
  weight: 7,
  terms,
  termsAt,
  lookUpAt: 'https://check.spamhaus.org/',
};
