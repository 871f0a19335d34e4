import type { AccountId, MailboxId } from '#base/id.ts';
import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Store } from '#store/contract/store.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { ViewRows } from './view-rows.ts';
import { ViewTexts } from './view-texts.ts';
import { MailboxView } from './view.ts';

interface Held {
  readonly view: Promise<Result<MailboxView, Trouble>>;
  users: number;
  unwatch: () => void;
}

/** The right to use a shared view until `release`. */
export interface ViewLease {
  readonly view: MailboxView;
  release(): void;
}

/**
 * Views that nobody uses are kept for the next SELECT: so many of them, with so many messages (16 bytes each, so 32 MB; a
 * mailbox of a million has room, for reading it anew is the one thing that costs by the message).
 */
const unusedViewsMax = 256;
const unusedMessagesMax = 2_000_000;

/** The views of one process: each selected mailbox is held once, and for a while after its last session. */
export class MailboxViews {
  readonly #held = new Map<string, Held>();
  /** Keys of views without users, the longest unused first. */
  readonly #unused = new Map<string, MailboxView>();
  readonly #texts = new ViewTexts();
  readonly #rows = new ViewRows();

  /** How many mailboxes are held, for tests and metrics. */
  get size(): number {
    return this.#held.size;
  }

  /** Lets go of all views that nobody uses. */
  trim(): void {
    for (const key of this.#unused.keys()) this.#drop(key, this.#held.get(key));
  }

  async acquire(
    store: Pick<Store, 'messages' | 'changes'>,
    account: AccountId,
    mailbox: MailboxId,
  ): Promise<Result<ViewLease, Trouble>> {
    const key = `${account}/${mailbox}`;
    const known = this.#held.get(key);
    const held = known ?? this.#hold(key, store, account, mailbox);
    held.users += 1;
    this.#unused.delete(key);
    const view = await held.view;
    if (!view.ok) return this.#refuse(key, held, view.error);
    // A notice may have been lost, and a new session shall begin with the truth.
    const fresh = known === undefined ? ok(undefined) : await view.value.refresh();
    if (!fresh.ok) return this.#refuse(key, held, fresh.error);
    if (view.value.gone) return this.#refuse(key, held, { code: 'not-found', what: 'mailbox' });
    let released = false;
    return ok({
      view: view.value,
      release: () => {
        if (!released) this.#release(key, held, view.value);
        released = true;
      },
    });
  }

  #hold(
    key: string,
    store: Pick<Store, 'messages' | 'changes'>,
    account: AccountId,
    mailbox: MailboxId,
  ): Held {
    let view: MailboxView | undefined;
    const missed: number[] = [];
    // Watching begins before the snapshot is taken: what happens in between is heard twice rather than never.
    const unwatch = store.changes.watch(account, (change) => {
      if (change.mailbox !== undefined && change.mailbox !== mailbox) return;
      if (view === undefined) missed.push(change.modseq);
      else this.#noticed(key, view, change.modseq);
    });
    const held: Held = {
      users: 0,
      unwatch,
      view: store.messages.select(account, mailbox).then((snapshot) => {
        if (!snapshot.ok) return snapshot;
        const parts = { changes: store.changes, texts: this.#texts, rows: this.#rows };
        view = new MailboxView(account, snapshot.value, parts);
        for (const modseq of missed) view.notice(modseq);
        return ok(view);
      }),
    };
    this.#held.set(key, held);
    return held;
  }

  /** A change without a number is one of the whole account: it was removed or restored, and nothing of it is kept. */
  #noticed(key: string, view: MailboxView, modseq: number): void {
    if (modseq === Infinity) view.forgetMessages();
    if (modseq === Infinity && this.#unused.has(key)) this.#drop(key, this.#held.get(key));
    else view.notice(modseq);
  }

  #refuse(key: string, held: Held, trouble: Trouble): Result<never, Trouble> {
    held.users -= 1;
    if (held.users === 0) this.#drop(key, held);
    return err(trouble);
  }

  #release(key: string, held: Held, view: MailboxView): void {
    held.users -= 1;
    if (held.users > 0) return;
    if (view.gone || this.#held.get(key) !== held) this.#drop(key, held);
    else this.#keepUnused(key, view);
  }

  #keepUnused(key: string, view: MailboxView): void {
    this.#unused.set(key, view);
    let messages = 0;
    for (const unused of this.#unused.values()) messages += unused.count;
    for (const [oldest, unused] of this.#unused) {
      if (this.#unused.size <= unusedViewsMax && messages <= unusedMessagesMax) return;
      messages -= unused.count;
      this.#drop(oldest, this.#held.get(oldest));
    }
  }

  /** A newer view of the same mailbox stays. */
  #drop(key: string, held: Held | undefined): void {
    held?.unwatch();
    void held?.view.then((view) => view.ok && view.value.forgetMessages());
    if (this.#held.get(key) !== held) return;
    this.#held.delete(key);
    this.#unused.delete(key);
  }
}
