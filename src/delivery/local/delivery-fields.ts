import { formatAddress } from '#mail/address.ts';
import type { ReversePath } from '#mail/address.ts';
import type { QueueRecipient } from '#store/contract/queue.ts';

/** What final delivery writes in front (RFC 5321 §4.4): where it came from, and for whom (RFC 9228). */
export function deliveryFields(from: ReversePath, recipient: QueueRecipient): string {
  const path = from === undefined ? '' : formatAddress(from);
  return `Return-Path: <${path}>\r\nDelivered-To: ${formatAddress(recipient.address)}\r\n`;
}
