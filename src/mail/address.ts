import type { Domain } from '#mail/domain.ts';

/**
 * A mailbox address (RFC 5321 §4.1.2, RFC 6531 §3.3).
 * `local` is the local part with quotes and escapes taken off, otherwise as written (NFC);
 * `domain` is a `Domain`, or an address literal in canonical form (`[192.0.2.1]`, `[IPv6:2001:db8::1]`).
 */
export interface Address {
  readonly local: string;
  readonly domain: Domain | AddressLiteral;
}

export type AddressLiteral = `[${string}]`;

/** RFC 5321 §4.1.2: `<>` is `undefined`. */
export type ReversePath = Address | undefined;
