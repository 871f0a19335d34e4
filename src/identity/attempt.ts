import { createHash } from 'node:crypto';
import { addressKey, parseAddress } from '#mail/address.ts';
import type { Address } from '#mail/address.ts';
import type { LoginContext } from './authenticator.ts';
import { saslprep } from './saslprep.ts';

/** One try to log in: from where, by what, under which name. */
export interface Attempt {
  readonly context: LoginContext;
  readonly mechanism: string;
  /** As it was typed: foreign text. */
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
  return { context, mechanism, user, address, key };
}
