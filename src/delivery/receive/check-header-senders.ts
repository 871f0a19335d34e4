import { formatAddress, parseAddress } from '#mail/address.ts';
import { decodeRaw } from '#mail/encoded-word.ts';
import { headerAddress, parseAddressList } from '#mail/header-address.ts';
import { findFields, foldedValue } from '#mail/header.ts';
import type { HeaderBlock } from '#mail/header.ts';
import type { MessageEnvelope } from '#mail/summary.ts';
import type { Accounts } from '#store/contract/accounts.ts';
import { checkOwnsSender } from './check-sender.ts';
import type { Finding } from './finding.ts';
import type { TransactionContext } from './intake.ts';
import { refuse } from './refusal.ts';

/** More authors than this have never written one message. */
export const headerSendersMax = 20;

export interface SubmittedAuthors {
  readonly accounts: Accounts;
  readonly context: TransactionContext;
  /** As sent. */
  readonly header: HeaderBlock | undefined;
  /** Of the message as it is kept. */
  readonly envelope: MessageEnvelope;
}

/**
 * P-13: every address in From, and the one in Sender, belongs to the account. What cannot be read for certain is
 * refused, because a reader may read it otherwise.
 */
export async function checkHeaderSenders(authors: SubmittedAuthors): Promise<Finding | undefined> {
  const { header, envelope } = authors;
  const ambiguous = header === undefined ? undefined : await checkAmbiguous(authors, header);
  if (ambiguous !== undefined) return ambiguous;
  const claims = envelope.from.map((author) => ({ author, where: 'header From' }));
  if (header !== undefined && findFields(header, 'sender').length > 0) {
    claims.push(...envelope.sender.map((author) => ({ author, where: 'header Sender' })));
  }
  if (envelope.from.length === 0 || claims.length > headerSendersMax) return unreadable();
  for (const { author, where } of claims) {
    // Groups and half addresses are no authors.
    const sender = headerAddress(author);
    if (!sender.ok) return unreadable();
    const { accounts, context } = authors;
    const refusal = await checkOwnsSender({ accounts, context, sender: sender.value, where });
    if (refusal !== undefined)
      return { check: 'header-from', refusal, about: formatAddress(sender.value), detail: where };
  }
  return undefined;
}

/** What parts words in an address field. */
const separators = /[\s<>()",:;[\]\\]+/;

/** Whatever looks like an address, wherever it stands. */
function addressLike(text: string): readonly string[] {
  return text.split(separators).filter((word) => /^[^@]+@./.test(word));
}

/** A field that we had to guess at: nobody whom a reader may find in it instead is somebody else. */
async function checkAmbiguous(authors: SubmittedAuthors, header: HeaderBlock): Promise<Finding | undefined> {
  const values = ['from', 'sender'].flatMap((name) =>
    findFields(header, name).map((field) => foldedValue(header, field)),
  );
  const found = values.filter((value) => !parseAddressList(value).exact).flatMap(addressLike);
  if (found.length > headerSendersMax) return unreadable();
  for (const text of found) {
    const sender = parseAddress(decodeRaw(text), { smtpUtf8: true });
    if (!sender.ok) return unreadable();
    const { accounts, context } = authors;
    const refusal = await checkOwnsSender({ accounts, context, sender: sender.value, where: 'header From' });
    // Our own trouble is told as it is: for now.
    if (refusal !== undefined && refusal.code < 500) return { check: 'header-from', refusal };
    if (refusal !== undefined) return unreadable();
  }
  return undefined;
}

function unreadable(): Finding {
  const text = 'the From field of the message is missing or cannot be read for certain';
  return { check: 'header-from', refusal: refuse({ code: 550, detail: '6.0', text }) };
}
