import type { AccountId } from '#base/id.ts';
import type { Clock } from '#platform/clock.ts';
import type { Random } from '#platform/random.ts';
import type { Accounts } from '#store/contract/accounts.ts';
import type { Counters, Traces } from '#store/contract/store.ts';
import type { EventSink } from '#trace/events.ts';
import type { Authenticator, LoginContext } from './authenticator.ts';
import { FairPool } from './fair-pool.ts';
import type { FairPoolLimits } from './fair-pool.ts';
import { linkAttempt } from './attempt.ts';
import type { LoginEvidence } from './failure-evidence.ts';
import { FormerPasswords } from './former-passwords.ts';
import { KnownDevices } from './known-devices.ts';
import { fail } from './login-desk.ts';
import type { LoginParts } from './login-desk.ts';
import { LoginLimits } from './login-limits.ts';
import type { LoginLimitSettings } from './login-limits.ts';
import { mechanisms } from './mechanisms.ts';
import type { Mechanism } from './mechanisms.ts';
import { makeDummyHash } from './password-hash.ts';
import { loginWithPassword } from './password-login.ts';
import { RememberedPasswords } from './remembered-passwords.ts';
import { Waiting } from './waiting.ts';
import { WrongPasswords } from './wrong-passwords.ts';

export interface AuthenticatorParts {
  readonly accounts: Pick<Accounts, 'byAddress'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly events: EventSink;
  /** Where failed logins are put on record; `undefined`: events only. */
  readonly traces?: Pick<Traces, 'add'>;
  /** At least 16 bytes that outlive a restart: unknown names keep their salts (RFC 5802 §9). */
  readonly saltSecret: Uint8Array;
  /** Keeps known devices over a restart; `undefined`: in memory only. */
  readonly counters?: Pick<Counters, 'add' | 'read'>;
  readonly limits?: LoginLimitSettings;
  /** Told when an address has failed too often to be listened to: it is to be shut out. */
  readonly overLimit?: (evidence: LoginEvidence) => void;
  readonly pool?: FairPoolLimits;
  /** Told of each login that held, before the client is. */
  readonly loggedIn?: (context: LoginContext, account: AccountId) => void;
}

/** What the program itself may do with it, beside the protocols. */
export interface AccountAuthenticator extends Authenticator {
  /** The account was removed, disabled or got another password. */
  forget(account: AccountId): void;
  /** Has somebody logged in from this network within 30 days? Then it is slowed, never banned (I-80). */
  knows(client: string): Promise<boolean>;
  /**
   * A link into the administration that lets nobody in counts as a failed log-in (I-80).
   * @returns how long its answer shall take, in milliseconds
   */
  refusedLink(context: LoginContext): Promise<number>;
  /** An address was let in again by hand: its failures count no more. */
  forgive(client: string): void;
}

/** Checks who logs in, for every protocol (P-14, P-34). */
export function createAuthenticator(options: AuthenticatorParts): AccountAuthenticator {
  const { random } = options;
  const parts = loginParts(options);
  return {
    mechanisms: (context) => mechanisms.filter((row) => isOffered(row, context)).map(({ name }) => name),
    begin(name, context) {
      const upper = name.toUpperCase();
      const row = mechanisms.find((mechanism) => mechanism.name === upper && isOffered(mechanism, context));
      return row?.begin(parts, context, random);
    },
    login: (user, password, context) =>
      loginWithPassword(parts, { context, mechanism: 'PASSWORD', user, password }),
    forget: (account) => parts.remembered.forget(account),
    knows: async (client) => (await parts.known.standing('', client)).addressKnown,
    async refusedLink(context) {
      const attempt = linkAttempt(context);
      const standing = await parts.known.standing(attempt.key, context.client);
      const end = fail(parts, attempt, { reason: 'credentials', standing });
      return end.kind === 'failed' ? end.delayMs : 0;
    },
    forgive: (client) => parts.limits.forget(client),
  };
}

function loginParts(options: AuthenticatorParts): LoginParts {
  const { accounts, clock, events, saltSecret, random, traces } = options;
  return {
    accounts,
    clock,
    random,
    events,
    traces,
    saltSecret,
    limits: new LoginLimits(clock, options.limits),
    known: new KnownDevices({ clock, counters: options.counters }),
    former: new FormerPasswords(),
    wrong: new WrongPasswords(clock),
    waiting: new Waiting(),
    overLimit: options.overLimit ?? (() => undefined),
    pool: new FairPool(options.pool),
    loggedIn: options.loggedIn ?? (() => undefined),
    remembered: new RememberedPasswords(clock, random.bytes(32)),
    dummyHash: makeDummyHash(random.bytes(16), random.bytes(32)),
  };
}

/** Nothing is offered in the clear. */
function isOffered(mechanism: Mechanism, { tls }: LoginContext): boolean {
  if (tls === undefined) return false;
  return !mechanism.bindsChannel || tls.exporter !== undefined;
}
