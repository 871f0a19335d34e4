import { createHash } from 'node:crypto';
import { addressKey, formatAddress, parseAddress } from '#mail/address.ts';
import type { Address } from '#mail/address.ts';
import type { LoginContext } from './authenticator.ts';
import { saslprep } from './saslprep.ts';

/** One try to log in: from where, by what, under which name. */
export interface Attempt {
  readonly context: LoginContext;
  readonly mechanism: string;
  /** As events and records may show it (`shownName`): foreign text. */
  readonly user: string;
  /** `undefined`: not an address, so nobody's name. */
  readonly address: Address | undefined;
  /** The name's one spelling, for limits and fake salts. */
  readonly key: string;
}

export function newAttempt(context: LoginContext, mechanism: string, user: string): Attempt {
  const prepared = saslprep(user);
  const parsed = prepared.ok ? parseAddress(prepared.value, { smtpUtf8: true }) : undefined;
  const address = parsed?.ok === true ? parsed.value : undefined;
  const key = address === undefined ? createHash('sha256').update(user).digest('hex') : addressKey(address);
  return { context, mechanism, user: shownName(address), address, key };
}

/** As events and traces call it where a link is followed instead of a log-in. */
export const linkMechanism = 'LINK';

/** A link into the administration: no name goes with it, so that failures count against where they come from. */
export function linkAttempt(context: LoginContext): Attempt {
  const key = createHash('sha256').update(`link ${context.client}`).digest('hex');
  return { context, mechanism: linkMechanism, user: '(a link)', address: undefined, key };
}

/** Stands for a name that nobody may read. */
export const notAnAddress = '(not an address)';

/**
 * A password is sometimes typed where the name belongs. What has not the form of an address on the Internet is never
 * told, logged or kept: `P@ssw0rd` is no name, for its domain has no dot.
 */
function shownName(address: Address | undefined): string {
  const isPlausible = address !== undefined && internetDomain.test(address.domain);
  return isPlausible ? formatAddress(address) : notAnAddress;
}

/** At least two labels, the last of letters or an A-label: nothing else is delegated (RFC 3696 §2). */
const internetDomain = /\.(?:[a-z]{2,}|xn--[a-z0-9-]+)$/;
