import { makeId } from '#base/id.ts';
import type { QueueId, TraceId } from '#base/id.ts';
import type { Domain } from '#mail/domain.ts';
import { buildDsn, dsnHeaderBytesMax, dsnNeedsUtf8 } from '#mail/dsn.ts';
import type { DsnRecipient } from '#mail/dsn.ts';
import { isSevenBit } from '#mail/builder.ts';
import type { Address } from '#mail/address.ts';
import { parseMessage } from '#mail/message-parser.ts';
import type { Clock } from '#platform/clock.ts';
import type { Random } from '#platform/random.ts';
import type { Store } from '#store/contract/store.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import type { QueueEntry, QueueRecipient } from '#store/contract/queue.ts';
import { expiryMs } from './back-off.ts';
import type { DeliveryResult } from './delivery-result.ts';

export interface BounceParts {
  readonly store: Pick<Store, 'accounts'>;
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
 * failure ends here. `hold`: the return path is not proven, so nobody is told and the message waits for a person.
 * `wait`: our own store cannot say now.
 */
export type Bounce =
  | { readonly kind: 'notify'; readonly entries: readonly QueueEntry[] }
  | { readonly kind: 'silent'; readonly reason: string }
  | { readonly kind: 'hold'; readonly reason: string }
  | { readonly kind: 'wait'; readonly trouble: Trouble };

export async function bounceFor(
  parts: BounceParts,
  entry: QueueEntry,
  failures: readonly Failure[],
  header: Uint8Array,
): Promise<Bounce> {
  // RFC 5321 §4.5.5: what has no return path is never answered.
  if (entry.from === undefined) return { kind: 'silent', reason: 'the message has no return path' };
  if (entry.submitter === undefined) {
    return { kind: 'hold', reason: 'its return path is not proven, so nobody is told (S-04)' };
  }
  const resolved = await parts.store.accounts.resolve(entry.from);
  if (!resolved.ok) return { kind: 'wait', trouble: resolved.error };
  if (resolved.value.kind !== 'targets') {
    return { kind: 'silent', reason: 'the sender’s address does not exist any more' };
  }
  const from = entry.from;
  const recipients = resolved.value.targets.map((target): QueueRecipient => {
    if (target.kind === 'forward') {
      const route = { kind: 'remote', domain: target.address.domain } as const;
      return { address: target.address, original: from, route };
    }
    const route = { kind: 'local', account: target.account, detail: target.detail } as const;
    return { address: from, original: from, route };
  });
  return { kind: 'notify', entries: [bounceEntry(parts, { entry, from, failures, header }, recipients)] };
}

interface BounceFacts {
  readonly entry: QueueEntry;
  readonly from: Address;
  readonly failures: readonly Failure[];
  readonly header: Uint8Array;
}

function bounceEntry(
  { clock, random, hostname }: BounceParts,
  { entry, from, failures, header }: BounceFacts,
  recipients: readonly QueueRecipient[],
): QueueEntry {
  const nowMs = clock.now();
  const id = makeId<QueueId>(nowMs, random.bytes(10));
  const about = failures.map((failure) => dsnRecipient(entry, failure, nowMs));
  const bytes = buildDsn({
    reportingMta: hostname,
    from: { local: 'mailer-daemon', domain: from.domain },
    to: from,
    messageId: `${id}@${hostname}`,
    arrivedAtMs: entry.receivedAtMs,
    nowMs,
    recipients: about,
    originalHeader: header.subarray(0, dsnHeaderBytesMax + 1),
    random: random.bytes(16),
  });
  return {
    id,
    traceId: makeId<TraceId>(nowMs, random.bytes(10)),
    receivedAtMs: nowMs,
    from: undefined,
    recipients,
    body: { kind: 'bytes', bytes },
    summary: parseMessage(bytes),
    bodyType: isSevenBit(bytes) ? '7bit' : '8bit',
    smtpUtf8: dsnNeedsUtf8({ to: from, recipients: about }),
    submitter: undefined,
    origin: 'bounce',
    expiresAtMs: nowMs + expiryMs,
  };
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
