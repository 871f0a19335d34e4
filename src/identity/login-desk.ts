import type { AccountId } from '#base/id.ts';
import { formatAddress } from '#mail/address.ts';
import type { Clock } from '#platform/clock.ts';
import type { Random } from '#platform/random.ts';
import type { Result } from '#base/result.ts';
import { err, ok } from '#base/result.ts';
import type { AccountRecord, Accounts } from '#store/contract/accounts.ts';
import type { Traces } from '#store/contract/store.ts';
import type { EventSink } from '#trace/events.ts';
import type { LoginContext, LoginFailure, SaslStep } from './authenticator.ts';
import type { Attempt } from './attempt.ts';
import type { FairPool } from './fair-pool.ts';
import { clientNetwork } from './client-network.ts';
import type { LoginEvidence } from './failure-evidence.ts';
import { failureWeight } from './failure-weight.ts';
import type { FormerPasswords } from './former-passwords.ts';
import { unknownStanding } from './known-devices.ts';
import type { KnownDevices, Standing } from './known-devices.ts';
import type { LoginLimits } from './login-limits.ts';
import type { RememberedPasswords } from './remembered-passwords.ts';
import { traceFailedLogin } from './login-trace.ts';
import type { Waiting } from './waiting.ts';
import type { WrongPasswords } from './wrong-passwords.ts';

/** What every mechanism works with. */
export interface LoginParts {
  readonly accounts: Pick<Accounts, 'byAddress'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly events: EventSink;
  readonly traces: Pick<Traces, 'add'> | undefined;
  readonly limits: LoginLimits;
  readonly known: KnownDevices;
  readonly pool: FairPool;
  readonly remembered: RememberedPasswords;
  readonly former: FormerPasswords;
  readonly wrong: WrongPasswords;
  readonly waiting: Waiting;
  /** Told when an address has failed too often to be listened to. */
  readonly overLimit: (evidence: LoginEvidence) => void;
  /** Told of each login that held, before the client is. */
  readonly loggedIn: (context: LoginContext, account: AccountId) => void;
  /** Kept by the installation, so that unknown names look the same after a restart (RFC 5802 §9). */
  readonly saltSecret: Uint8Array;
  /** A hash that no password has, as costly to check as a real one. */
  readonly dummyHash: string;
}

export type LoginEnd = Exclude<SaslStep, { kind: 'challenge' }>;

/**
 * Lets an attempt in to be looked at, slowed down where its network or the account is under attack; or ends it. Slowed
 * alike whether the password is right, so that the time tells nothing.
 */
export async function admit(parts: LoginParts, attempt: Attempt): Promise<Result<Standing, LoginEnd>> {
  const { limits, known, waiting, clock } = parts;
  const { context, key } = attempt;
  const standing = await known.standing(key, context.client);
  const admission = limits.admission(context, key, standing);
  if (admission.kind === 'refuse') return err(limited(parts, attempt, admission.limit));
  if (admission.waitMs === 0) return ok(standing);
  const waited = await waiting.wait(clientNetwork(context.client), () => clock.sleep(admission.waitMs));
  return waited ? ok(standing) : err(limited(parts, attempt, 'work'));
}

export function limited(parts: LoginParts, { context, user }: Attempt, limit: string): LoginEnd {
  const { client, listener, sessionId: session } = context;
  parts.events.emit({ name: 'login-limited', client, listener, session, limit, user });
  return { kind: 'failed', reason: 'limited', delayMs: parts.limits.delayMsMax };
}

/** The account of that name; `undefined`: there is none, which nobody is told. */
export async function findAccount(
  parts: LoginParts,
  { address }: Attempt,
): Promise<Result<AccountRecord | undefined, 'unavailable'>> {
  if (address === undefined) return ok(undefined);
  const found = await parts.accounts.byAddress(address);
  if (found.ok) return found;
  if (found.error.code === 'not-found') return ok(undefined);
  const detail = 'detail' in found.error ? found.error.detail : '';
  parts.events.emit({ name: 'store-trouble', code: found.error.code, what: 'login', detail });
  return err('unavailable');
}

export interface Success {
  readonly account: AccountRecord;
  readonly bytes?: Uint8Array;
}

/**
 * For a check that took its time: whoever was removed, disabled or given another password meanwhile is not let in,
 * since nobody would end that session any more.
 */
export async function succeedIfUnchanged(
  parts: LoginParts,
  attempt: Attempt,
  end: Success,
): Promise<LoginEnd> {
  const now = await findAccount(parts, attempt);
  if (!now.ok || now.value?.version !== end.account.version) return unavailable;
  return succeed(parts, attempt, end);
}

export function succeed(parts: LoginParts, attempt: Attempt, end: Success): LoginEnd {
  const { context, mechanism, key } = attempt;
  const { account, bytes } = end;
  parts.known.succeeded(key, context.client);
  parts.loggedIn(context, account.id);
  const { client, listener, sessionId: session } = context;
  const name = formatAddress(account.address);
  parts.events.emit({ name: 'login-ok', client, listener, session, account: name, mechanism });
  const identity = { account: account.id, address: account.address, mechanism };
  return { kind: 'done', identity, bytes };
}

export interface Failure {
  readonly reason: Extract<LoginFailure, 'credentials' | 'malformed'>;
  /** Whose name it was, for the record only. */
  readonly account?: AccountRecord | undefined;
  /** `undefined`: it never came to be asked for. */
  readonly standing?: Standing | undefined;
  /** Of the password that was tried, keyed; `undefined` where the mechanism does not show it. */
  readonly digest?: Buffer | undefined;
}

/** Counted, told, recorded and delayed; the same for whatever was wrong. */
export function fail(parts: LoginParts, attempt: Attempt, failure: Failure): LoginEnd {
  const { context, mechanism, key } = attempt;
  const { reason, account, standing = unknownStanding } = failure;
  const user = account === undefined ? attempt.user : formatAddress(account.address);
  const weight = weigh(parts, attempt, failure);
  const counted = parts.limits.failed({ context, key, user, standing, weight });
  const { failures, delayMs } = counted;
  const { client, listener, sessionId: session } = context;
  const told = { client, listener, session, reason, mechanism, failures, weight, user };
  parts.events.emit({ name: 'login-failed', ...told });
  if (counted.accountAttacked) parts.events.emit({ name: 'account-attacked', failures, user });
  const { traces, clock, random } = parts;
  if (traces !== undefined) {
    traceFailedLogin({ traces, clock, random }, { attempt, account, reason, failures });
  }
  if (counted.overLimit !== undefined) parts.overLimit(counted.overLimit);
  return { kind: 'failed', reason, delayMs };
}

function weigh({ limits, wrong, former }: LoginParts, attempt: Attempt, failure: Failure): number {
  const { digest, account, standing = unknownStanding } = failure;
  const network = clientNetwork(attempt.context.client);
  const isRepeated =
    digest !== undefined && wrong.isRepeated({ network, name: attempt.key, digest }, limits.windowMs);
  return failureWeight({
    standing,
    repeated: isRepeated,
    former: digest !== undefined && account !== undefined && former.wasRight(account.id, digest),
  });
}

export const unavailable: LoginEnd = { kind: 'failed', reason: 'unavailable', delayMs: 0 };
