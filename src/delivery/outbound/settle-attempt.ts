import { formatAddress } from '#mail/address.ts';
import type { Clock } from '#platform/clock.ts';
import type { Random } from '#platform/random.ts';
import type { Lease, Outcome, QueueAttempt, QueueEntry, Settlement } from '#store/contract/queue.ts';
import type { TraceDelivery } from '#trace/record.ts';
import { retryDelayMs } from './back-off.ts';
import type { Bounce, Failure } from './bounce.ts';
import type { DeliveryResult } from './delivery-result.ts';

export type Results = ReadonlyMap<number, DeliveryResult>;

/**
 * What expired fails for good, but only after an attempt that began when it had expired already: so a jump of the clock
 * costs nobody his last attempt (S-12). What may have arrived is not called failed by time alone any sooner.
 */
export function withExpiry(results: Results, entry: QueueEntry, startedAtMs: number): Results {
  if (startedAtMs < entry.expiresAtMs) return results;
  return new Map([...results].map(([index, result]) => [index, expired(result)]));
}

function expired(result: DeliveryResult): DeliveryResult {
  if (result.kind !== 'later' && result.kind !== 'in-doubt') return result;
  const doubt = result.kind === 'in-doubt' ? ' (perhaps it arrived)' : '';
  const text = `not delivered in time${doubt}; last: ${result.text}`;
  return { ...result, kind: 'failed', status: '5.4.7', text };
}

export function failuresOf(results: Results): readonly Failure[] {
  return [...results]
    .filter(([, result]) => result.kind === 'failed')
    .map(([index, result]) => ({ index, result }));
}

export interface SettleFacts {
  readonly lease: Lease;
  readonly clock: Clock;
  readonly random: Random;
  readonly bounce: Bounce | undefined;
}

/** Recipients of one outcome together; all that wait come back at one time, so that they travel together again. */
export function settlementsOf(results: Results, facts: SettleFacts): readonly Settlement<Lease>[] {
  const dueMs = facts.clock.now() + retryDelayMs(facts.lease.attempt, facts.random);
  const groups = new Map<string, { outcome: Outcome; recipients: number[] }>();
  for (const [index, result] of results) {
    const outcome = outcomeOf(result, facts, dueMs);
    const key = JSON.stringify(outcome);
    const group = groups.get(key) ?? { outcome, recipients: [] };
    group.recipients.push(index);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ outcome, recipients }) => ({ lease: facts.lease, recipients, outcome }));
}

function outcomeOf(result: DeliveryResult, { clock, bounce }: SettleFacts, dueMs: number): Outcome {
  const attempt = attemptOf(result, clock.now());
  switch (result.kind) {
    case 'delivered':
      return { kind: 'done' };
    case 'held':
      return { kind: 'held', attempt };
    case 'failed':
      if (bounce?.kind === 'hold') {
        const reply = `${attempt.reply} [held: ${bounce.reason}]`;
        return { kind: 'held', attempt: { ...attempt, reply, unproven: true } };
      }
      return bounce?.kind === 'wait' ? { kind: 'retry', atMs: dueMs, attempt } : { kind: 'done' };
    default:
      return { kind: 'retry', atMs: dueMs, attempt };
  }
}

export function attemptOf(result: DeliveryResult, atMs: number): QueueAttempt {
  return {
    atMs,
    host: result.server?.name,
    address: result.server?.address,
    tls: result.tls,
    reply: result.text,
    inDoubt: result.kind === 'in-doubt',
  };
}

export interface TraceFacts {
  readonly results: Results;
  readonly settlements: readonly Settlement<Lease>[];
  readonly dkim: string | undefined;
  readonly atMs: number;
}

/** The attempt as the message's trace tells it. */
export function tracesOf({ results, settlements, dkim, atMs }: TraceFacts): readonly TraceDelivery[] {
  const at = new Date(atMs).toISOString();
  return settlements.flatMap(({ lease, recipients, outcome }) =>
    recipients.flatMap((index) => {
      const result = results.get(index);
      const recipient = lease.entry.recipients[index];
      if (result === undefined || recipient === undefined) return [];
      return [
        {
          recipient: formatAddress(recipient.address),
          attempt: lease.attempt,
          at,
          ...serverOf(result),
          reply: result.text,
          outcome: traceOutcome(result, outcome),
          ...(outcome.kind === 'retry' ? { nextAt: new Date(outcome.atMs).toISOString() } : {}),
          ...(dkim === undefined ? {} : { dkim }),
        },
      ];
    }),
  );
}

/** What an attempt came to that the queue could not note: what was delivered may be delivered again. */
export function unsettledOf(results: Results): Results {
  return new Map(
    [...results].map(([index, result]) => [
      index,
      {
        ...result,
        kind: result.kind === 'delivered' ? 'in-doubt' : result.kind,
        text: `${result.text} [our queue could not note it: it is tried again]`,
      },
    ]),
  );
}

/** The same attempt in the trace: whatever it came to, it is made again when the lease has run out. */
export function unsettledTraces({
  lease,
  results,
  ...facts
}: Omit<TraceFacts, 'settlements'> & { readonly lease: Lease }): readonly TraceDelivery[] {
  const settlements = [...results].map(([index, result]) => ({
    lease,
    recipients: [index],
    outcome: { kind: 'retry', atMs: lease.untilMs, attempt: attemptOf(result, facts.atMs) } as const,
  }));
  return tracesOf({ ...facts, results, settlements });
}

function serverOf({ server, tls }: DeliveryResult): Pick<TraceDelivery, 'host' | 'address' | 'tls'> {
  return {
    ...(server === undefined ? {} : { host: server.name, address: server.address }),
    ...(tls === undefined ? {} : { tls }),
  };
}

function traceOutcome(result: DeliveryResult, outcome: Outcome): TraceDelivery['outcome'] {
  if (outcome.kind === 'held') return 'held';
  if (outcome.kind === 'retry') return result.kind === 'in-doubt' ? 'in-doubt' : 'deferred';
  return result.kind === 'delivered' ? 'delivered' : 'failed';
}
