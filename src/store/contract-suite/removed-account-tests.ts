import assert from 'node:assert/strict';
import type { AccountId, MailboxId, QueueId } from '#base/id.ts';
import type { Result } from '#base/result.ts';
import type { Store } from '../contract/store.ts';
import type { Trouble } from '../contract/trouble.ts';
import { sampleMessage } from './sample-message.ts';
import { createInbox, must, mustFail, newId } from './store-under-test.ts';
import type { StoreTest } from './store-under-test.ts';

interface Removed {
  readonly account: AccountId;
  readonly inbox: MailboxId;
  readonly queueId: QueueId;
}

type Call = (store: Store, removed: Removed) => Promise<Result<unknown, Trouble>>;

const message = sampleMessage();
const seen = { mode: 'add', flags: ['\\Seen'] } as const;

/** Every call that names an account and one of its mailboxes. */
const calls: Readonly<Record<string, Call>> = {
  list: ({ mailboxes }, { account }) => mailboxes.list(account),
  create: ({ mailboxes }, { account }) => mailboxes.create(account, 'New'),
  rename: ({ mailboxes }, { account, inbox }) => mailboxes.rename(account, inbox, 'New'),
  remove: ({ mailboxes }, { account, inbox }) => mailboxes.remove(account, inbox),
  subscribe: ({ mailboxes }, { account }) => mailboxes.subscribe(account, 'INBOX', true),
  subscriptions: ({ mailboxes }, { account }) => mailboxes.subscriptions(account),
  status: ({ mailboxes }, { account, inbox }) => mailboxes.status(account, [inbox]),
  append: ({ messages }, { account, inbox }) => messages.append(account, inbox, [message]),
  deliver: ({ messages }, { account, queueId }) =>
    messages.deliver(account, message, { into: [] }, { queueId, recipient: 'user@example.test' }),
  room: ({ messages }, { account }) => messages.room(account, 1),
  select: ({ messages }, { account, inbox }) => messages.select(account, inbox),
  read: ({ messages }, { account, inbox }) => messages.read(account, inbox, [1], new Set(['flags']), 1),
  async body({ messages }, { account, inbox }) {
    for await (const frame of messages.body(account, inbox, 1)) return frame;
    throw new Error('a body says something, if only that it is not there');
  },
  flags: ({ messages }, { account, inbox }) => messages.flags(account, inbox, [1], seen),
  copy: ({ messages }, { account, inbox }) => messages.copy(account, inbox, [1], inbox),
  move: ({ messages }, { account, inbox }) => messages.move(account, inbox, [1], inbox),
  expunge: ({ messages }, { account, inbox }) => messages.expunge(account, inbox, [1], false),
  search: ({ messages }, { account, inbox }) => messages.search(account, inbox, { kind: 'all' }),
  since: ({ changes }, { account, inbox }) => changes.since(account, inbox, 1),
};

export function removedAccountTests(test: StoreTest): void {
  test('of a removed account every call says that the account is gone, not a mailbox', async (under) => {
    const { store } = under;
    const { account, inbox } = await createInbox(under);
    must(await store.messages.append(account, inbox, [message]));
    must(await store.accounts.remove(account));
    const removed = { account, inbox, queueId: newId<QueueId>(under) };
    for (const [name, call] of Object.entries(calls)) {
      const trouble = mustFail(await call(store, removed), 'not-found');
      assert.deepEqual(trouble, { code: 'not-found', what: 'account' }, name);
    }
  });
}
