import type { Clock } from '#platform/clock.ts';
import type { Lease, Outcome, QueueAttempt } from '#store/contract/queue.ts';
import type { Trouble } from '#store/contract/trouble.ts';

const retryMsMin = 10_000;
const retryMsMax = 900_000;

/**
 * Mail that was accepted is never bounced for our own trouble: it waits, longer each time (STORAGE §2). Only what
 * can never succeed, because its account is gone, is held for a person.
 */
export function outcomeOfTrouble(
  clock: Clock,
  lease: Pick<Lease, 'attempt'>,
  trouble: Trouble,
): Exclude<Outcome, { kind: 'done' }> {
  const attempt = localAttempt(clock, troubleWords(trouble));
  if (trouble.code === 'not-found') return { kind: 'held', attempt };
  return { kind: 'retry', atMs: clock.now() + retryDelayMs(lease.attempt), attempt };
}

/** Doubles from ten seconds to a quarter of an hour. */
export function retryDelayMs(attempt: number): number {
  return Math.min(retryMsMax, retryMsMin * 2 ** Math.min(Math.max(0, attempt - 1), 10));
}

function localAttempt(clock: Clock, reply: string): QueueAttempt {
  return { atMs: clock.now(), host: undefined, address: undefined, tls: undefined, reply, inDoubt: false };
}

function troubleWords(trouble: Trouble): string {
  switch (trouble.code) {
    case 'not-found':
      return 'the account does not exist any more';
    case 'fenced':
      return `the account's file is out of use: ${trouble.detail}`;
    case 'disk-full':
    case 'unavailable':
      return `${trouble.code}: ${trouble.detail}`;
    case 'over-quota':
      return `over quota: ${trouble.scope} ${trouble.limit}`;
    default:
      return `${trouble.code}: ${trouble.what}`;
  }
}
