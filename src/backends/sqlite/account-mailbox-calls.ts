import { ok } from '#base/result.ts';
import type { Mailboxes } from '#store/contract/messages.ts';
import type { AccountCalling } from './account-calling.ts';

/** `Mailboxes` on the storage threads. */
export function accountMailboxes({ worker, publish, removeBlobs }: AccountCalling): Mailboxes {
  return {
    async list(account) {
      const calls = await worker(account);
      return calls.ok ? calls.value.list({ account }) : calls;
    },
    async create(account, name, specialUse) {
      const calls = await worker(account);
      if (!calls.ok) return calls;
      const made = await calls.value.createMailbox({ account, name, specialUse });
      if (!made.ok) return made;
      publish(account, [made.value.value.id], made.value);
      return ok(made.value.value);
    },
    async rename(account, mailbox, name) {
      const calls = await worker(account);
      if (!calls.ok) return calls;
      const renamed = await calls.value.renameMailbox({ account, mailbox, name });
      if (!renamed.ok) return renamed;
      publish(account, [undefined], renamed.value);
      return ok(undefined);
    },
    async remove(account, mailbox) {
      const calls = await worker(account);
      if (!calls.ok) return calls;
      const removed = await calls.value.removeMailbox({ account, mailbox });
      if (!removed.ok) return removed;
      publish(account, [mailbox], removed.value);
      await removeBlobs(removed.value.value);
      return ok(undefined);
    },
    async subscribe(account, name, subscribed) {
      const calls = await worker(account);
      if (!calls.ok) return calls;
      const done = await calls.value.subscribe({ account, name, subscribed });
      return done.ok ? ok(undefined) : done;
    },
    async subscriptions(account) {
      const calls = await worker(account);
      return calls.ok ? calls.value.subscriptions({ account }) : calls;
    },
    async status(account, mailboxes) {
      const calls = await worker(account);
      return calls.ok ? calls.value.status({ account, mailboxes }) : calls;
    },
  };
}
