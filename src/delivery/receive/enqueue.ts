import type { QueueId } from '#base/id.ts';
import type { QueueEntry, QueueRecipient } from '#store/contract/queue.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import type { AnswerTime } from './answer-times.ts';
import type { WholeBody } from './body-intake.ts';
import type { Finding } from './finding.ts';
import type { TakenMessage } from './transaction-policy.ts';
import type { TransactionStart } from './transaction-start.ts';
import { refusalOfTrouble } from './refusal.ts';

export interface AcceptedMessage extends TransactionStart {
  readonly whole: WholeBody;
  readonly recipients: readonly QueueRecipient[];
  readonly time: AnswerTime;
  readonly taken: TakenMessage | undefined;
}

/** The one durable transaction after which 250 may be said; the work is handed on from memory (STORAGE §2). */
export async function enqueue(message: AcceptedMessage): Promise<Finding | undefined> {
  const { store, clock, lease } = message.parts;
  const receivedAtMs = clock.now();
  const entry = queueEntry(message, receivedAtMs);
  const leaseFor = lease && { owner: lease.owner, untilMs: receivedAtMs + lease.leaseMs };
  const added = await store.queue.add(entry, leaseFor);
  // The queue has linked a name of its own, if it has the message at all: this one was only the spool's.
  if (entry.body.kind === 'blob') await store.blobs.remove(entry.body.id);
  if (!added.ok) return notQueued(message, added.error);
  if (!message.time.take()) return takeBack(message, entry.id);
  if (lease !== undefined && added.value.length > 0) lease.dispatch(added.value);
  return undefined;
}

/**
 * The client was told to come again, so that its message is not ours: taken out, it comes once. Where that fails too
 * it comes twice, but is never lost (RFC 5321 §6.1).
 */
async function takeBack({ parts }: AcceptedMessage, id: QueueId): Promise<Finding> {
  const dropped = await parts.store.queue.drop(id);
  const detail = dropped.ok
    ? 'taken out again'
    : `could not be taken out again (${dropped.error.code}): it may come twice`;
  parts.events.emit({ name: 'store-trouble', code: 'slow', what: `queue.add of ${id}`, detail });
  return { check: 'queue', refusal: refusalOfTrouble({ code: 'unavailable', detail }) };
}

function queueEntry(message: AcceptedMessage, receivedAtMs: number): QueueEntry {
  const { parts, context, mail, trace, queueId, whole, recipients, taken, relay } = message;
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
    origin: context.role === 'submission' ? 'submission' : relay === undefined ? 'inbound' : 'relay',
    expiresAtMs: receivedAtMs + parts.settings.queueLifetimeMs,
    ...(taken === undefined || (taken.fields === '' && !taken.junk)
      ? {}
      : { judged: { fields: taken.fields, junk: taken.junk } }),
  };
}

function notQueued({ parts }: AcceptedMessage, trouble: Trouble): Finding {
  const { events } = parts;
  if (trouble.code === 'disk-full') events.emit({ name: 'disk-full', detail: trouble.detail });
  const detail = 'detail' in trouble ? trouble.detail : 'what' in trouble ? trouble.what : '';
  const { code } = trouble;
  if (code !== 'disk-full') events.emit({ name: 'store-trouble', code, what: 'queue.add', detail });
  return { check: 'queue', refusal: refusalOfTrouble(trouble), evidence: { trouble: code, detail } };
}
