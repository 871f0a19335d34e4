/**
 * What a list is asked about: the connecting address; names of hosts and senders (HELO, reverse name, MAIL FROM); what
 * stands in a message (author domain, links).
 */
export const listUses = ['client', 'names', 'links'] as const;
export type ListUse = (typeof listUses)[number];

/** What an answer of a list means, and how much of its weight it is worth. */
export interface ListMeaning {
  readonly meaning: string;
  /** Of the weight of its check; 0: worth knowing only. */
  readonly share: number;
}

export type ListCodes =
  /** One address, one meaning. */
  | { readonly kind: 'exact'; readonly meanings: Readonly<Record<string, ListMeaning>> }
  /** The last octet is a sum: each bit has a meaning. */
  | {
      readonly kind: 'bits';
      readonly meanings: readonly (ListMeaning & { readonly bit: number })[];
    }
  /** Any address but those of errors. */
  | { readonly kind: 'any'; readonly meaning: ListMeaning };

/** A list that is asked by DNS (RFC 5782). */
export interface DnsList {
  /** Kebab-case: the name of its check. Of a zone that an administrator named: the zone. */
  readonly name: string;
  /** As people call it. */
  readonly title: string;
  /** The first is its main use: that check carries the plain name. */
  readonly uses: readonly ListUse[];
  readonly zone: string;
  /** For who has a key: the zone in which `{key}` stands for it, and under which name the key is kept. */
  readonly keyed?: { readonly zone: string; readonly key: string };
  /** Without its key it is not asked at all. */
  readonly needsKey?: boolean;
  /** Links that are bare addresses may be asked for (in reverse, as RFC 5782 §2.1 has it). */
  readonly takesAddresses: boolean;
  /** The client may be asked for over IPv6 (RFC 5782 §2.4). */
  readonly takesIpv6: boolean;
  readonly codes: ListCodes;
  /** Answers that say something about the question and nothing about its subject, beside those of every list. */
  readonly errors: Readonly<Record<string, string>>;
  /** An entry that is always there and one that never is (RFC 5782 §5). */
  readonly test: { readonly listed: string; readonly unlisted: string };
  /** Rows that ask for this very list. */
  readonly requirements?: readonly string[];
  /** On by default only where the terms allow it to anyone (P-22). */
  readonly action: 'score' | 'off';
  readonly weight: number;
  /** Who may use it, in a sentence; and where it is said. */
  readonly terms: string;
  readonly termsAt: string;
  /** Where somebody who is listed learns why. */
  readonly lookUpAt: string;
}

/** What lists of addresses have in common. */
export const addressListDefaults = {
  uses: ['client'],
  takesAddresses: true,
  takesIpv6: false,
  errors: {},
  // RFC 5782 §5: every list of IPv4 addresses has the first and never the second.
  test: { listed: '127.0.0.2', unlisted: '127.0.0.1' },
} as const satisfies Partial<DnsList>;

/** What lists of domains have in common. */
export const domainListDefaults = {
  takesIpv6: false,
  takesAddresses: false,
  errors: {},
  // RFC 5782 §5.
  test: { listed: 'test', unlisted: 'invalid' },
} as const satisfies Partial<DnsList>;
