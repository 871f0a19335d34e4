import { parseDate } from './date.ts';
import { addressesPerFieldMax, parseAddressList } from './header-address.ts';
import { unfoldedValue } from './header.ts';
import type { HeaderBlock } from './header.ts';
import type { EnvelopeAddress, MessageEnvelope } from './summary.ts';

type TextName = 'date' | 'subject' | 'in-reply-to' | 'message-id';
type AddressName = 'from' | 'sender' | 'reply-to' | 'to' | 'cc' | 'bcc';

const textNames: ReadonlySet<string> = new Set<TextName>(['date', 'subject', 'in-reply-to', 'message-id']);
const addressNames: ReadonlySet<string> = new Set<AddressName>([
  'from',
  'sender',
  'reply-to',
  'to',
  'cc',
  'bcc',
]);

export const emptyEnvelope: MessageEnvelope = {
  date: undefined,
  subject: undefined,
  from: [],
  sender: [],
  replyTo: [],
  to: [],
  cc: [],
  bcc: [],
  inReplyTo: undefined,
  messageId: undefined,
  dateMs: undefined,
};

/**
 * ENVELOPE of a header (RFC 3501 §7.4.2, RFC 9051 §7.5.2): of a text field that occurs twice the first counts,
 * address fields are joined (RFC 5322 §4.5.3); an absent or empty Sender or Reply-To is From.
 */
export function readEnvelope(block: HeaderBlock): MessageEnvelope {
  const texts = new Map<string, string>();
  const addresses = new Map<string, readonly EnvelopeAddress[]>();
  for (const field of block.fields) {
    if (textNames.has(field.name)) {
      if (!texts.has(field.name)) texts.set(field.name, unfoldedValue(block, field));
    } else if (addressNames.has(field.name)) {
      const read = parseAddressList(block.text.slice(field.valueStart, field.end).trimEnd()).addresses;
      addresses.set(field.name, joined(addresses.get(field.name), read));
    }
  }
  const text = (name: TextName): string | undefined => texts.get(name);
  const list = (name: AddressName): readonly EnvelopeAddress[] => addresses.get(name) ?? [];
  const orFrom = (name: AddressName): readonly EnvelopeAddress[] => {
    const own = list(name);
    return own.length > 0 ? own : list('from');
  };
  const date = text('date');
  return {
    date,
    subject: text('subject'),
    from: list('from'),
    sender: orFrom('sender'),
    replyTo: orFrom('reply-to'),
    to: list('to'),
    cc: list('cc'),
    bcc: list('bcc'),
    inReplyTo: text('in-reply-to'),
    messageId: text('message-id'),
    dateMs: date === undefined ? undefined : parseDate(date),
  };
}

function joined(
  before: readonly EnvelopeAddress[] | undefined,
  more: readonly EnvelopeAddress[],
): readonly EnvelopeAddress[] {
  if (before === undefined) return more;
  return [...before, ...more].slice(0, addressesPerFieldMax);
}

/** References are kept up to this many; a longer thread keeps its first and its last. */
export const referencesMax = 200;

/** Message-ID, In-Reply-To and References in this order, without angle brackets, each once. */
export function readReferences(block: HeaderBlock): readonly string[] {
  const ids = new Set<string>();
  for (const name of ['message-id', 'in-reply-to', 'references']) {
    for (const field of block.fields) {
      if (field.name === name) for (const id of messageIds(unfoldedValue(block, field))) ids.add(id);
    }
  }
  const all = [...ids];
  if (all.length <= referencesMax) return all;
  return [...all.slice(0, referencesMax / 2), ...all.slice(-referencesMax / 2)];
}

/** A bracket that opens before one closes begins anew. */
function bracketedIds(value: string): readonly string[] {
  const ids: string[] = [];
  for (let open = value.indexOf('<'); open >= 0;) {
    const close = value.indexOf('>', open);
    if (close < 0) break;
    const id = value.slice(value.lastIndexOf('<', close) + 1, close);
    if (id !== '' && id.length <= idCharsMax && !/\s/.test(id)) ids.push(id);
    open = value.indexOf('<', close);
  }
  return ids;
}

/** RFC 5322 §2.1.1: a line. */
const idCharsMax = 998;

/**
 * The ids between angle brackets (RFC 5322 §3.6.4), no longer than a line (§2.1.1); where there are no brackets,
 * the words with an `@`.
 */
export function messageIds(value: string): readonly string[] {
  if (value.includes('<')) return bracketedIds(value);
  return value.split(/\s+/).filter((word) => word.includes('@') && word.length <= idCharsMax);
}
