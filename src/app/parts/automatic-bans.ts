import { parseClientAddress } from '#base/client-address.ts';
import type { LoginEvidence } from '#identity/failure-evidence.ts';
import type { AccountAuthenticator } from '#identity/create-authenticator.ts';
import type { KnownPeers } from '#policy/peers/known-peers.ts';
import type { BanBook, Strike } from '#policy/bans/ban-book.ts';

/** Who failed too often to be listened to is not let in any more (I-80). */
export function banForLogins(
  book: BanBook,
  { client: text, failures, users, listener }: LoginEvidence,
): void {
  const client = parseClientAddress(text);
  if (client === undefined) return;
  book.strike({ client, reason: 'logins', evidence: { count: Math.round(failures), listener, users } });
}

export interface KnownClients {
  readonly authenticator: Pick<AccountAuthenticator, 'knows'>;
  readonly peers: Pick<KnownPeers, 'hasSentMail'>;
}

/** Where somebody has logged in from within 30 days, or mail was accepted from, nobody is banned for less (I-80, N-10). */
export async function strikeUnlessKnown(book: BanBook, known: KnownClients, strike: Strike): Promise<void> {
  if (!(await isKnownClient(known, strike.client))) book.strike(strike);
}

/** Somebody has logged in from there within 30 days, or mail was accepted from there. */
export async function isKnownClient(
  { authenticator, peers }: KnownClients,
  client: string,
): Promise<boolean> {
  return (await authenticator.knows(client)) || (await peers.hasSentMail(client));
}
