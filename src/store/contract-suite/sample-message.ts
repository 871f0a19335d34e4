import type { MessageEnvelope, MessageSummary, Part } from '#mail/summary.ts';
import type { NewMessage } from '../contract/messages.ts';

export interface SampleWishes {
  readonly subject?: string;
  readonly from?: string;
  readonly to?: string;
  readonly body?: string;
  readonly prefix?: string;
  readonly flags?: readonly string[];
  readonly internalDateMs?: number;
  readonly dateMs?: number;
}

/** A plain message with a summary made by hand, so that the store is tested without a parser. */
export function sampleMessage(wishes: SampleWishes = {}): NewMessage {
  const { prefix = '', flags = [], internalDateMs = 1_700_000_000_000 } = wishes;
  const text = sampleText(wishes);
  return {
    prefix: Buffer.from(prefix),
    body: { kind: 'bytes', bytes: Buffer.from(text) },
    summary: sampleSummary(prefix + text, wishes),
    internalDateMs,
    flags,
  };
}

export function sampleText({
  subject = 'A subject',
  from = 'sender@elsewhere.test',
  to = 'user@example.test',
  body = 'Hello\r\n',
}: SampleWishes): string {
  return `From: ${from}\r\nTo: ${to}\r\nSubject: ${subject}\r\n\r\n${body}`;
}

export function sampleSummary(whole: string, wishes: SampleWishes = {}): MessageSummary {
  const sizeBytes = Buffer.byteLength(whole);
  const headerEnd = Buffer.byteLength(whole.slice(0, whole.indexOf('\r\n\r\n') + 4));
  return {
    v: 1,
    sizeBytes,
    envelope: sampleEnvelope(wishes),
    structure: textPart(headerEnd, sizeBytes),
    preview: (wishes.body ?? 'Hello').slice(0, 256),
    references: [],
    truncated: false,
    attachments: false,
  };
}

function sampleEnvelope({
  subject = 'A subject',
  from = 'sender@elsewhere.test',
  dateMs,
}: SampleWishes): MessageEnvelope {
  const [mailbox, host] = from.split('@');
  const sender = [{ name: undefined, route: undefined, mailbox, host }];
  return {
    date: undefined,
    subject,
    from: sender,
    sender,
    replyTo: sender,
    to: [],
    cc: [],
    bcc: [],
    inReplyTo: undefined,
    messageId: undefined,
    dateMs,
  };
}

function textPart(headerEnd: number, sizeBytes: number): Part {
  return {
    type: 'text',
    subtype: 'plain',
    parameters: [],
    id: undefined,
    description: undefined,
    encoding: '7bit',
    disposition: undefined,
    languages: [],
    location: undefined,
    md5: undefined,
    header: { start: 0, end: headerEnd },
    body: { start: headerEnd, end: sizeBytes },
    lines: 1,
    parts: [],
    message: undefined,
  };
}
