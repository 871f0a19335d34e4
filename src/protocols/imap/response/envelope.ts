import type { EnvelopeAddress, MessageEnvelope } from '#mail/summary.ts';
import { wireNString } from './wire.ts';

/** `envelope` (RFC 9051 §7.5.2). The summary holds raw header values, one byte per character. */
export function formatEnvelope(envelope: MessageEnvelope): string {
  const from = addresses(envelope.from);
  // RFC 9051 §7.5.2: an absent or empty Sender or Reply-To is said to be the From.
  const sender = envelope.sender.length === 0 ? from : addresses(envelope.sender);
  const replyTo = envelope.replyTo.length === 0 ? from : addresses(envelope.replyTo);
  return (
    `(${wireNString(envelope.date)} ${wireNString(envelope.subject)} ${from} ${sender} ${replyTo} ` +
    `${addresses(envelope.to)} ${addresses(envelope.cc)} ${addresses(envelope.bcc)} ` +
    `${wireNString(envelope.inReplyTo)} ${wireNString(envelope.messageId)})`
  );
}

function addresses(list: readonly EnvelopeAddress[]): string {
  if (list.length === 0) return 'NIL';
  let text = '(';
  for (const { name, route, mailbox, host } of list) {
    text += `(${wireNString(name)} ${wireNString(route)} ${wireNString(mailbox)} ${wireNString(host)})`;
  }
  return `${text})`;
}
