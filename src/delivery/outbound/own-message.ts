import { makeId } from '#base/id.ts';
import type { QueueId, TraceId } from '#base/id.ts';
import type { Address } from '#mail/address.ts';
import { isSevenBit } from '#mail/builder.ts';
import { parseMessage } from '#mail/message-parser.ts';
import type { Clock } from '#platform/clock.ts';
import type { Random } from '#platform/random.ts';
import type { DeliveryTarget } from '#store/contract/accounts.ts';
import type { QueueEntry, QueueRecipient } from '#store/contract/queue.ts';
import { expiryMs } from './back-off.ts';

export interface OwnMessage {
  readonly to: Address;
  readonly targets: readonly DeliveryTarget[];
  readonly origin: 'bounce' | 'notice';
  readonly smtpUtf8: boolean;
  /** Given its queue id, for the Message-ID. */
  readonly write: (id: QueueId, nowMs: number) => Uint8Array;
}

/** A message of the server's own as it goes into the queue: without a return path, so that nothing ever answers it. */
export function ownMessage(
  { clock, random }: { readonly clock: Clock; readonly random: Random },
  message: OwnMessage,
): QueueEntry {
  const nowMs = clock.now();
  const id = makeId<QueueId>(nowMs, random.bytes(10));
  const bytes = message.write(id, nowMs);
  return {
    id,
    traceId: makeId<TraceId>(nowMs, random.bytes(10)),
    receivedAtMs: nowMs,
    from: undefined,
    recipients: message.targets.map((target) => recipientOf(message.to, target)),
    body: { kind: 'bytes', bytes },
    summary: parseMessage(bytes),
    bodyType: isSevenBit(bytes) ? '7bit' : '8bit',
    smtpUtf8: message.smtpUtf8,
    submitter: undefined,
    origin: message.origin,
    expiresAtMs: nowMs + expiryMs,
  };
}

function recipientOf(to: Address, target: DeliveryTarget): QueueRecipient {
  if (target.kind !== 'account') {
    const route = { kind: 'remote', domain: target.address.domain } as const;
    return { address: target.address, original: to, route };
  }
  const route = { kind: 'local', account: target.account, detail: target.detail } as const;
  return { address: to, original: to, route };
}
