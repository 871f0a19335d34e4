import type { AccountId, MailboxId } from '#base/id.ts';
import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Store } from '#store/contract/store.ts';
import type { Trouble } from '#store/contract/trouble.ts';
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

/** The views of one process: each selected mailbox is held once, while somebody has it selected. */
export class MailboxViews {
  readonly #held = new Map<string, Held>();

  /** How many mailboxes are held, for tests and metrics. */
  get size(): number {
    return this.#held.size;
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
        if (!released) this.#release(key, held);
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
    let missed = false;
    // Watching begins before the snapshot is taken: what happens in between is heard twice rather than never.
    const unwatch = store.changes.watch(account, (change) => {
      if (change.mailbox !== undefined && change.mailbox !== mailbox) return;
      if (view === undefined) missed = true;
      else view.markStale();
    });
    const held: Held = {
      users: 0,
      unwatch,
      view: store.messages.select(account, mailbox).then((snapshot) => {
        if (!snapshot.ok) return snapshot;
        view = new MailboxView(account, snapshot.value, store.changes);
        view.stale = missed;
        return ok(view);
      }),
    };
    this.#held.set(key, held);
    return held;
  }

  #refuse(key: string, held: Held, trouble: Trouble): Result<never, Trouble> {
    this.#release(key, held);
    return err(trouble);
  }

  #release(key: string, held: Held): void {
    held.users -= 1;
    if (held.users > 0) return;
    held.unwatch();
    if (this.#held.get(key) === held) this.#held.delete(key);
  }
}
