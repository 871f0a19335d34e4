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
import type { LoginLimits } from './login-limits.ts';
import type { RememberedPasswords } from './remembered-passwords.ts';
import { traceFailedLogin } from './login-trace.ts';

/** What every mechanism works with. */
export interface LoginParts {
  readonly accounts: Pick<Accounts, 'byAddress'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly events: EventSink;
  readonly traces: Pick<Traces, 'add'> | undefined;
  readonly limits: LoginLimits;
  readonly pool: FairPool;
  readonly remembered: RememberedPasswords;
  /** Told of each login that held, before the client is. */
  readonly loggedIn: (context: LoginContext, account: AccountId) => void;
  /** Kept by the installation, so that unknown names look the same after a restart (RFC 5802 §9). */
  readonly saltSecret: Uint8Array;
  /** A hash that no password has, as costly to check as a real one. */
  readonly dummyHash: string;
}

export type LoginEnd = Exclude<SaslStep, { kind: 'challenge' }>;

/** The end of an attempt that is not even looked at, or `undefined`. */
export function refusedByLimit(parts: LoginParts, attempt: Attempt): LoginEnd | undefined {
  const limit = parts.limits.reached(attempt.context, attempt.key);
  return limit === undefined ? undefined : limited(parts, attempt, limit);
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
  parts.limits.succeeded(context, key);
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
}

/** Counted, told, recorded and delayed; the same for whatever was wrong. */
export function fail(parts: LoginParts, attempt: Attempt, { reason, account }: Failure): LoginEnd {
  const { context, mechanism, user, key } = attempt;
  const { failures, delayMs } = parts.limits.failed(context, key);
  const { client, listener, sessionId: session } = context;
  const told = { client, listener, session, reason, mechanism, failures, user };
  parts.events.emit({ name: 'login-failed', ...told });
  const { traces, clock, random } = parts;
  if (traces !== undefined) {
    traceFailedLogin({ traces, clock, random }, { attempt, account, reason, failures });
  }
  return { kind: 'failed', reason, delayMs };
}

export const unavailable: LoginEnd = { kind: 'failed', reason: 'unavailable', delayMs: 0 };
