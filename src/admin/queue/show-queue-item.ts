import type { ReversePath } from '#mail/address.ts';
import { formatAddress } from '#mail/address.ts';
import type { QueueItem } from '#store/contract/queue.ts';
import { showSize, showTime } from '../show.ts';

export type ShownQueueItem = ReturnType<typeof showQueueItem>;
type ShownRecipient = ShownQueueItem['recipients'][number];

/** A waiting message, with why each recipient waits in the remote server's words. */
export function showQueueItem(item: QueueItem) {
  return {
    id: item.id as string,
    damage: item.damage ?? null,
    traceId: item.traceId === undefined ? null : (item.traceId as string),
    receivedAt: showTime(item.receivedAtMs),
    expiresAt: showTime(item.expiresAtMs),
    sizeBytes: item.sizeBytes,
    from: showPath(item.from),
    recipients: item.recipients.map((recipient) => ({
      address: formatAddress(recipient.address),
      route: recipient.route.kind === 'local' ? 'local' : recipient.route.domain,
      state: recipient.state,
      attempts: recipient.attempts,
      nextAt: recipient.nextAtMs === undefined ? null : showTime(recipient.nextAtMs),
      last: recipient.last === undefined ? null : showAttempt(recipient.last),
    })),
  };
}

function showAttempt(last: NonNullable<QueueItem['recipients'][number]['last']>) {
  return {
    at: showTime(last.atMs),
    host: last.host ?? null,
    address: last.address ?? null,
    tls: last.tls ?? null,
    reply: last.reply,
    inDoubt: last.inDoubt,
  };
}

function showPath(path: ReversePath): string {
  return path === undefined ? '' : formatAddress(path);
}

export function renderQueueItem(item: ShownQueueItem): readonly string[] {
  if (item.damage !== null) return [`${item.id}  since ${item.receivedAt}  held: ${item.damage}`];
  return [
    `${item.id}  from <${item.from}>  ${showSize(item.sizeBytes)}  since ${item.receivedAt}  until ${item.expiresAt}  trace ${item.traceId}`,
    ...item.recipients.flatMap(renderRecipient),
  ];
}

function renderRecipient(recipient: ShownRecipient): readonly string[] {
  const next = recipient.nextAt === null ? '' : `, next try ${recipient.nextAt}`;
  const head = `  <${recipient.address}> ${recipient.state}, ${recipient.attempts} tried${next}`;
  const { last } = recipient;
  if (last === null) return [head];
  const host = last.host === null ? '' : ` ${last.host}${last.address === null ? '' : ` [${last.address}]`}`;
  return [
    head,
    `    ${last.at}${host}: ${last.reply}${last.inDoubt ? ' (their answer was lost: it may have arrived)' : ''}`,
  ];
}
