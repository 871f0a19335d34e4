import type { QueueEntry, QueueRecipient } from '#store/contract/queue.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import type { WholeBody } from './body-intake.ts';
import type { Finding } from './finding.ts';
import type { TransactionStart } from './receive-transaction.ts';
import { refusalOfTrouble } from './refusal.ts';

export interface AcceptedMessage extends TransactionStart {
  readonly whole: WholeBody;
  readonly recipients: readonly QueueRecipient[];
}

/** The one durable transaction after which 250 may be said; the work is handed on from memory (STORAGE §2). */
export async function enqueue(message: AcceptedMessage): Promise<Finding | undefined> {
  const { store, clock, lease } = message.parts;
  const receivedAtMs = clock.now();
  const entry = queueEntry(message, receivedAtMs);
  const leaseFor = lease && { owner: lease.owner, untilMs: receivedAtMs + lease.leaseMs };
  const added = await store.queue.add(entry, leaseFor);
  if (!added.ok) return notQueued(message, added.error);
  if (lease !== undefined && added.value.length > 0) lease.dispatch(added.value);
  return undefined;
}

function queueEntry(message: AcceptedMessage, receivedAtMs: number): QueueEntry {
  const { parts, context, mail, trace, queueId, whole, recipients } = message;
  return {
    id: queueId,
    traceId: trace.id,
    receivedAtMs,
    from: mail.from,
    recipients,
    body: whole.body,
    summary: whole.summary,
    bodyType: mail.bodyType === '7bit' && whole.eightBit ? '8bit' : mail.bodyType,
    smtpUtf8: mail.smtpUtf8,
    submitter: context.identity?.account,
    origin: context.role === 'submission' ? 'submission' : 'inbound',
    expiresAtMs: receivedAtMs + parts.settings.queueLifetimeMs,
  };
}

/** Trouble after which the entry certainly is not in the queue, so that nothing needs its body. */
const surelyNotAdded: ReadonlySet<Trouble['code']> = new Set(['disk-full', 'limit', 'invalid', 'over-quota']);

async function notQueued({ parts, whole }: AcceptedMessage, trouble: Trouble): Promise<Finding> {
  if (whole.body.kind === 'blob' && surelyNotAdded.has(trouble.code)) {
    await parts.store.blobs.remove(whole.body.id);
  }
  const { events } = parts;
  if (trouble.code === 'disk-full') events.emit({ name: 'disk-full', detail: trouble.detail });
  const detail = 'detail' in trouble ? trouble.detail : 'what' in trouble ? trouble.what : '';
  const { code } = trouble;
  if (code !== 'disk-full') events.emit({ name: 'store-trouble', code, what: 'queue.add', detail });
  return { check: 'queue', refusal: refusalOfTrouble(trouble), evidence: { trouble: code, detail } };
}
