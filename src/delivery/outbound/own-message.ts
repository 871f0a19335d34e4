import { makeId } from '#base/id.ts';
import type { AccountId, QueueId, TraceId } from '#base/id.ts';
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
    recipients: message.targets.flatMap((target) => recipientsOf(message.to, target)),
    body: { kind: 'bytes', bytes },
    summary: parseMessage(bytes),
    bodyType: isSevenBit(bytes) ? '7bit' : '8bit',
    smtpUtf8: message.smtpUtf8,
    submitter: undefined,
    origin: message.origin,
    expiresAtMs: nowMs + expiryMs,
  };
}

function recipientsOf(to: Address, target: DeliveryTarget): readonly QueueRecipient[] {
  const local = (account: AccountId, detail: string | undefined): QueueRecipient => ({
    address: to,
    original: to,
    route: { kind: 'local', account, detail },
  });
  if (target.kind === 'account') return [local(target.account, target.detail)];
  // The server behind this one need not have a postmaster, and a notice is never answered.
  if (target.kind === 'downstream' && target.otherwise.length > 0)
    return target.otherwise.map((account) => local(account, undefined));
  const route = { kind: 'remote', domain: target.address.domain } as const;
  return [{ address: target.address, original: to, route }];
}
