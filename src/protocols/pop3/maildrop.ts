import type { AccountId, MailboxId } from '#base/id.ts';
import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { pageItemsMax } from '#store/contract/page.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { maildropMessagesMax } from './limits.ts';
import type { Pop3Store } from './pop3-store.ts';

interface Place {
  readonly store: Pop3Store;
  readonly account: AccountId;
  readonly mailbox: MailboxId;
  readonly uidValidity: number;
}

/** A message as a session sees it: its number never changes (RFC 1939 §4). */
export interface Listed {
  readonly number: number;
  readonly uid: number;
  readonly sizeBytes: number;
}

/**
 * INBOX as it was at login. Marks are this session's alone and become deletions only by `expunge`; what others
 * delete meanwhile is found gone when it is asked for.
 */
export class Maildrop {
  readonly #place: Place;
  readonly #messages: readonly Listed[];
  readonly #marked = new Set<number>();

  constructor(place: Place, messages: readonly Listed[]) {
    this.#place = place;
    this.#messages = messages;
  }

  /** Without those marked as deleted. */
  list(): readonly Listed[] {
    return this.#messages.filter(({ number }) => !this.#marked.has(number));
  }

  /** `undefined`: no such number, or marked as deleted. */
  message(number: number): Listed | undefined {
    return this.#marked.has(number) ? undefined : this.#messages[number - 1];
  }

  mark(message: Listed): void {
    this.#marked.add(message.number);
  }

  unmarkAll(): void {
    this.#marked.clear();
  }

  /** RFC 1939 §7 UIDL: never another message's, the same in every session. */
  uniqueId({ uid }: Listed): string {
    return `${this.#place.uidValidity}.${uid}`;
  }

  body(message: Listed): AsyncIterable<Result<Uint8Array, Trouble>> {
    const { store, account, mailbox } = this.#place;
    return store.messages.body(account, mailbox, message.uid);
  }

  /** Deletes what is marked; durable on return. */
  async expunge(): Promise<Result<number, Trouble>> {
    const uids = this.#messages.filter(({ number }) => this.#marked.has(number)).map(({ uid }) => uid);
    if (uids.length === 0) return ok(0);
    const { store, account, mailbox } = this.#place;
    const gone = await store.messages.expunge(account, mailbox, uids, false);
    return gone.ok ? ok(uids.length) : gone;
  }
}

/** Takes the snapshot of INBOX. */
export async function openMaildrop(store: Pop3Store, account: AccountId): Promise<Result<Maildrop, Trouble>> {
  const mailboxes = await store.mailboxes.list(account);
  if (!mailboxes.ok) return mailboxes;
  const inbox = mailboxes.value.find(({ name }) => name === 'INBOX');
  if (inbox === undefined) return err({ code: 'not-found', what: 'INBOX' });
  const selected = await store.messages.select(account, inbox.id);
  if (!selected.ok) return selected;
  const { uids, uidValidity } = selected.value;
  const place = { store, account, mailbox: inbox.id, uidValidity };
  const messages = await listMessages(place, uids.subarray(0, maildropMessagesMax));
  return messages.ok ? ok(new Maildrop(place, messages.value)) : messages;
}

async function listMessages(
  { store, account, mailbox }: Place,
  uids: Uint32Array,
): Promise<Result<readonly Listed[], Trouble>> {
  const messages: Listed[] = [];
  for (let from = 0; from < uids.length; from += pageItemsMax) {
    const page = [...uids.subarray(from, from + pageItemsMax)];
    const rows = await store.messages.read(account, mailbox, page, new Set(), pageItemsMax);
    if (!rows.ok) return rows;
    for (const { uid, sizeBytes } of rows.value)
      messages.push({ number: messages.length + 1, uid, sizeBytes });
  }
  return ok(messages);
}
