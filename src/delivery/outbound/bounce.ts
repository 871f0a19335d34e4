import type { Address } from '#mail/address.ts';
import type { Domain } from '#mail/domain.ts';
import { buildDsn, dsnHeaderBytesMax, dsnNeedsUtf8 } from '#mail/dsn.ts';
import type { DsnRecipient } from '#mail/dsn.ts';
import type { Clock } from '#platform/clock.ts';
import type { Random } from '#platform/random.ts';
import type { DeliveryTarget } from '#store/contract/accounts.ts';
import type { QueueEntry } from '#store/contract/queue.ts';
import type { Store } from '#store/contract/store.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import type { DeliveryResult } from './delivery-result.ts';
import { heldNotice } from './held-notice.ts';
import { ownMessage } from './own-message.ts';

export interface BounceParts {
  readonly store: Pick<Store, 'accounts' | 'counters'>;
  readonly clock: Clock;
  readonly random: Random;
  /** Our name, in Reporting-MTA. */
  readonly hostname: Domain;
}

export interface Failure {
  readonly index: number;
  readonly result: DeliveryResult;
}

/**
 * What becomes of failed recipients (S-04). `notify`: these go into the queue. `silent`: nobody can or may be told, the
 * failure ends here. `hold`: the return path is not proven: the message waits, and our own administrators are told.
 * `wait`: our own store cannot say now.
 */
export type Bounce =
  | { readonly kind: 'notify'; readonly entries: readonly QueueEntry[] }
  | { readonly kind: 'silent'; readonly reason: string }
  | { readonly kind: 'hold'; readonly reason: string; readonly entries: readonly QueueEntry[] }
  | { readonly kind: 'wait'; readonly trouble: Trouble };

export async function bounceFor(
  parts: BounceParts,
  entry: QueueEntry,
  failures: readonly Failure[],
  header: Uint8Array,
): Promise<Bounce> {
  // RFC 5321 §4.5.5: what has no return path is never answered.
  if (entry.from === undefined) return { kind: 'silent', reason: 'the message has no return path' };
  const isRelayed = entry.origin === 'relay';
  if (entry.submitter === undefined && !isRelayed) return held(parts, entry, failures);
  const resolved = await parts.store.accounts.resolve(entry.from);
  if (!resolved.ok) return { kind: 'wait', trouble: resolved.error };
  if (resolved.value.kind !== 'targets') {
    // An entry may name domains that are not ours: whether anybody there wrote it, nobody knows.
    if (isRelayed) return held(parts, entry, failures);
    return { kind: 'silent', reason: 'the sender’s address does not exist any more' };
  }
  const facts = { entry, from: entry.from, failures, header };
  return { kind: 'notify', entries: [notification(parts, facts, resolved.value.targets)] };
}

async function held(parts: BounceParts, entry: QueueEntry, failures: readonly Failure[]): Promise<Bounce> {
  const reason = 'its return path is not proven, so its sender is not told (S-04)';
  return { kind: 'hold', reason, entries: await heldNotice(parts, entry, failures) };
}

interface BounceFacts {
  readonly entry: QueueEntry;
  readonly from: Address;
  readonly failures: readonly Failure[];
  readonly header: Uint8Array;
}

function notification(
  parts: BounceParts,
  { entry, from, failures, header }: BounceFacts,
  targets: readonly DeliveryTarget[],
): QueueEntry {
  const { clock, random, hostname } = parts;
  const recipients = failures.map((failure) => dsnRecipient(entry, failure, clock.now()));
  return ownMessage(parts, {
    to: from,
    targets,
    origin: 'bounce',
    smtpUtf8: dsnNeedsUtf8({ to: from, recipients }),
    write: (id, nowMs) =>
      buildDsn({
        reportingMta: hostname,
        from: { local: 'mailer-daemon', domain: from.domain },
        to: from,
        messageId: `${id}@${hostname}`,
        arrivedAtMs: entry.receivedAtMs,
        nowMs,
        recipients,
        originalHeader: header.subarray(0, dsnHeaderBytesMax + 1),
        random: random.bytes(16),
      }),
  });
}

function dsnRecipient(entry: QueueEntry, { index, result }: Failure, nowMs: number): DsnRecipient {
  const recipient = entry.recipients[index];
  if (recipient === undefined) throw new Error('a failure without a recipient');
  return {
    final: recipient.address,
    original: recipient.original,
    action: 'failed',
    status: result.status,
    remote: result.said ? result.server?.name : undefined,
    diagnostic: result.text,
    lastAttemptMs: nowMs,
  };
}
