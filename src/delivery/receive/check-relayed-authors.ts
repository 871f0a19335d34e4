import { formatAddress } from '#mail/address.ts';
import { headerAddress, parseAddressList } from '#mail/header-address.ts';
import { findFields, foldedValue } from '#mail/header.ts';
import type { HeaderBlock } from '#mail/header.ts';
import type { MessageEnvelope } from '#mail/summary.ts';
import { maySendFor } from '#policy/relay/relay-entry.ts';
import type { RelayEntry } from '#policy/relay/relay-entry.ts';
import { headerSendersMax } from './check-header-senders.ts';
import type { Finding } from './finding.ts';
import { refuse } from './refusal.ts';

export interface RelayedAuthors {
  readonly relay: RelayEntry;
  /** As sent. */
  readonly header: HeaderBlock | undefined;
  readonly envelope: MessageEnvelope;
}

/** P-10: every author and the Sender of what is relayed lies in a domain of the entry; what is unclear is refused. */
export function checkRelayedAuthors({ relay, header, envelope }: RelayedAuthors): Finding | undefined {
  const fields = header === undefined ? [] : ['from', 'sender'].flatMap((name) => findFields(header, name));
  const isExact = fields.every(
    (field) => header !== undefined && parseAddressList(foldedValue(header, field)).exact,
  );
  const isTold = header !== undefined && findFields(header, 'sender').length > 0;
  const authors = [...envelope.from, ...(isTold ? envelope.sender : [])];
  if (!isExact || envelope.from.length === 0 || authors.length > headerSendersMax) return unreadable;
  for (const author of authors) {
    const address = headerAddress(author);
    if (!address.ok) return unreadable;
    if (!maySendFor(relay, address.value.domain)) return foreign(formatAddress(address.value));
  }
  return undefined;
}

function foreign(about: string): Finding {
  const text = `<${about}> is not one of the senders that your address may use here`;
  return { check: 'header-from', refusal: refuse({ code: 550, detail: '7.1', text }), about };
}

const unreadable: Finding = {
  check: 'header-from',
  refusal: refuse({
    code: 550,
    detail: '6.0',
    text: 'the From field of the message is missing or cannot be read for certain',
  }),
};
