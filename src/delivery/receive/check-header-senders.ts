import { formatAddress, parseAddress } from '#mail/address.ts';
import type { Address } from '#mail/address.ts';
import { parseAddressList } from '#mail/header-address.ts';
import { findFields, foldedValue } from '#mail/header.ts';
import type { HeaderBlock } from '#mail/header.ts';
import type { EnvelopeAddress, MessageEnvelope } from '#mail/summary.ts';
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
  if (header !== undefined && (await isAmbiguous(authors, header))) return unreadable();
  const claims = envelope.from.map((author) => ({ author, where: 'header From' }));
  if (header !== undefined && findFields(header, 'sender').length > 0) {
    claims.push(...envelope.sender.map((author) => ({ author, where: 'header Sender' })));
  }
  if (envelope.from.length === 0 || claims.length > headerSendersMax) return unreadable();
  for (const { author, where } of claims) {
    const sender = readSender(author);
    if (sender === undefined) return unreadable();
    const { accounts, context } = authors;
    const refusal = await checkOwnsSender({ accounts, context, sender, where });
    if (refusal !== undefined)
      return { check: 'header-from', refusal, about: formatAddress(sender), detail: where };
  }
  return undefined;
}

/** What parts words in an address field. */
const separators = /[\s<>()",:;[\]\\]+/;

/** Whatever looks like an address, wherever it stands. */
function addressLike(text: string): readonly string[] {
  return text.split(separators).filter((word) => /^[^@]+@./.test(word));
}

/** A field that we had to guess at, and in which a reader may find somebody else. */
async function isAmbiguous({ accounts, context }: SubmittedAuthors, header: HeaderBlock): Promise<boolean> {
  const values = ['from', 'sender'].flatMap((name) =>
    findFields(header, name).map((field) => foldedValue(header, field)),
  );
  for (const value of values) {
    if (parseAddressList(value).exact) continue;
    const found = addressLike(utf8(value));
    if (found.length > headerSendersMax) return true;
    for (const text of found) {
      const sender = parseAddress(text, { smtpUtf8: true });
      if (!sender.ok) return true;
      const where = 'header From';
      if ((await checkOwnsSender({ accounts, context, sender: sender.value, where })) !== undefined)
        return true;
    }
  }
  return false;
}

/** Groups and half addresses are no authors. */
function readSender({ mailbox, host }: EnvelopeAddress): Address | undefined {
  if (mailbox === undefined || host === undefined) return undefined;
  const plain = parseAddress(`${utf8(mailbox)}@${utf8(host)}`, { smtpUtf8: true });
  if (plain.ok) return plain.value;
  const quoted = `"${utf8(mailbox).replaceAll(/["\\]/g, String.raw`\$&`)}"@${utf8(host)}`;
  const read = parseAddress(quoted, { smtpUtf8: true });
  return read.ok ? read.value : undefined;
}

/** Summaries keep bytes as characters. */
function utf8(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('utf8');
}

function unreadable(): Finding {
  const text = 'the From field of the message is missing or cannot be read for certain';
  return { check: 'header-from', refusal: refuse({ code: 550, detail: '6.0', text }) };
}
