import { makeId } from '#base/id.ts';
import type { TraceId } from '#base/id.ts';
import type { Clock } from '#platform/clock.ts';
import type { Random } from '#platform/random.ts';
import type { AccountRecord } from '#store/contract/accounts.ts';
import type { Traces } from '#store/contract/store.ts';
import { cleanForeignText } from '#trace/foreign-text.ts';
import type { TraceSession } from '#trace/record.ts';
import { TraceBuilder } from '#trace/trace-builder.ts';
import type { LoginContext } from './authenticator.ts';
import { linkMechanism } from './attempt.ts';
import type { Attempt } from './attempt.ts';

export interface LoginTraceParts {
  readonly traces: Pick<Traces, 'add'>;
  readonly clock: Clock;
  readonly random: Random;
}

/** What the peer is never told apart, the administrator is. */
export interface FailedLogin {
  readonly attempt: Attempt;
  readonly account: AccountRecord | undefined;
  readonly reason: 'credentials' | 'malformed';
  readonly failures: number;
}

/** Puts a failed login on record (CONTRACTS §5), sealed under the account's key where there is one. */
export function traceFailedLogin(parts: LoginTraceParts, failed: FailedLogin): void {
  const { clock, random, traces } = parts;
  const { attempt, account, reason, failures } = failed;
  const id = makeId<TraceId>(clock.now(), random.bytes(10));
  const session = loginSession(attempt.context, attempt.mechanism);
  const trace = new TraceBuilder({ id, direction: 'inbound', session, clock });
  trace.step({
    stage: 'login',
    check: 'credentials',
    outcome: 'finding',
    action: 'refuse',
    status: '5.7.8',
    reason: cause(failed),
    evidence: { name: cleanForeignText(attempt.user), mechanism: attempt.mechanism, failures },
  });
  const isLink = attempt.mechanism === linkMechanism;
  const wrong = isLink ? 'no link that holds' : 'wrong name or password';
  const text = reason === 'malformed' ? 'malformed exchange' : wrong;
  const verdict = { action: 'refuse', by: 'credentials', score: 0, status: '5.7.8', text } as const;
  traces.add(trace.finish({ kind: 'login', verdict }), account?.id);
}

function cause({ attempt, account, reason }: FailedLogin): string {
  if (attempt.mechanism === linkMechanism) return 'the link was used, is too old, or never was one';
  if (reason === 'malformed') return 'the exchange was malformed';
  if (account === undefined) return 'no account has this name';
  return account.state === 'active' ? 'the password is wrong' : 'the account is disabled';
}

function loginSession(context: LoginContext, mechanism: string): TraceSession {
  const { tls, protocol } = context;
  return {
    id: context.sessionId,
    listener: context.listener,
    role: protocol === 'smtp' ? 'submission' : protocol,
    client: context.client,
    mechanism,
    ...(tls === undefined ? {} : { tls: { version: tls.version, cipher: tls.cipher } }),
  };
}
