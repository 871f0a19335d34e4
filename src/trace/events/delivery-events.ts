import type { EventRow } from '../event-row.ts';

/** What becomes of mail in the queue. */
export const deliveryEvents = {
  'delivery-done': {
    level: 'info',
    meaning: 'A recipient has the message.',
    fields: { queue: 'text', recipient: 'text', host: 'text?', attempt: 'count', reply: 'foreign?' },
  },
  'delivery-deferred': {
    level: 'notice',
    meaning: 'A delivery did not work yet and will be tried again.',
    fields: {
      queue: 'text',
      recipient: 'text',
      host: 'text?',
      attempt: 'count',
      next: 'text?',
      reason: 'foreign',
    },
  },
  'delivery-failed': {
    level: 'notice',
    meaning: 'A delivery failed for good; the sender is told where a bounce may be sent (S-04).',
    fields: { queue: 'text', recipient: 'text', host: 'text?', attempt: 'count', reason: 'foreign' },
  },
  'delivery-held': {
    level: 'warning',
    meaning: 'A message waits until a person decides (`postern queue retry|drop`).',
    fields: { queue: 'text', recipient: 'text', reason: 'foreign' },
  },
  'held-expired': {
    level: 'warning',
    meaning:
      'A message that failed, and whose return path is not proven, was held for 14 days and nobody decided: it was dropped (S-04).',
    fields: { queue: 'text', recipient: 'text', reason: 'foreign' },
  },
  'delivery-crowded': {
    level: 'notice',
    meaning:
      'More mail is under way than may be, for one destination or in all; this message waits a little.',
    fields: { queue: 'text', destination: 'text' },
  },
  'delivery-in-doubt': {
    level: 'warning',
    meaning: 'The reply to the final dot was lost: the message may arrive twice.',
    fields: { queue: 'text', recipient: 'text', host: 'text' },
  },
  'bounce-sent': {
    level: 'info',
    meaning: 'A delivery status notification was queued for the sender.',
    fields: { queue: 'text', about: 'text', recipients: 'count' },
  },
  'bounce-suppressed': {
    level: 'notice',
    meaning: 'No bounce was sent: the return path is empty or not proven (S-04).',
    fields: { queue: 'text', reason: 'text' },
  },
  'destination-forbidden': {
    level: 'warning',
    meaning: 'A destination leads to a loopback, private or own address that no setting names (S-06).',
    fields: { queue: 'text?', host: 'text', address: 'text' },
  },
  'outbound-tls-failed': {
    level: 'warning',
    meaning: 'A handshake with a destination failed; not followed by clear text in this attempt (S-08).',
    fields: { host: 'text', address: 'text', detail: 'foreign' },
  },
} as const satisfies Readonly<Record<string, EventRow>>;
