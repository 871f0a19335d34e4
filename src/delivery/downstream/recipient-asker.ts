import type { Address } from '#mail/address.ts';
import type { RecipientReport, SendRequest } from '#delivery/outbound/transport.ts';

/** What the server behind this one is asked of an address. */
export interface RecipientQuestion extends Pick<SendRequest, 'server' | 'helo' | 'localAddress' | 'tls'> {
  readonly recipient: Address;
}

/**
 * Asks a server whether it would take mail for an address, up to RCPT and never further; `protocols/smtp/client/` can.
 * Resolves always, bounded by the signal. `delivered` in the report means: it would.
 */
export interface RecipientAsker {
  ask(question: RecipientQuestion, signal: AbortSignal): Promise<RecipientReport>;
}
