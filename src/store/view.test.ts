import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AccountId, MailboxId } from '#base/id.ts';
import { ok } from '#base/result.ts';
import type {
  Changes,
  MailboxChanges,
  MailboxSnapshot,
  MessageRow,
  ModSeq,
  Uid,
} from '#store/contract/messages.ts';
import type { Store } from '#store/contract/store.ts';
import { MailboxView } from './view.ts';
import { ViewReader } from './view-reader.ts';
import { MailboxViews } from './views.ts';

const account = 'A' as AccountId;
const mailbox = 'M' as MailboxId;

function snapshot(uids: readonly number[]): MailboxSnapshot {
  return {
    mailbox,
    uidValidity: 7,
    uidNext: (uids.at(-1) ?? 0) + 1,
    highestModSeq: 10 as ModSeq,
    uids: Uint32Array.from(uids),
    flags: new Uint32Array(uids.length),
    modseqs: new Float64Array(uids.length).fill(5),
    keywords: [],
  };
}

function changes(
  modseq: number,
  what: Partial<MailboxChanges> & { flags?: readonly (readonly [number, number])[] },
): MailboxChanges {
  const changed = (what.flags ?? []).map(([uid, flags]) => ({
    uid: uid as Uid,
    flags,
    modseq: modseq as ModSeq,
  }));
  return {
    highestModSeq: modseq as ModSeq,
    uidNext: 0,
    changed,
    vanished: [],
    keywords: [],
    gone: false,
    ...what,
  };
}

const noChanges: Changes = { since: async () => ok(changes(10, {})), watch: () => () => undefined };

function viewOf(uids: readonly number[]): { view: MailboxView; reader: () => ViewReader } {
  const view = new MailboxView(account, snapshot(uids), { changes: noChanges });
  return { view, reader: () => new ViewReader({ view, release: () => undefined }, () => undefined) };
}

const gone = (...uids: number[]): Uid[] => uids as Uid[];

test('messages that are gone keep their numbers until the session is told', () => {
  const { view, reader } = viewOf([2, 4, 6, 8]);
  const session = reader();
  view.apply(changes(11, { vanished: gone(4, 8) }));
  assert.equal(view.count, 2);
  assert.deepEqual([...session.uids()], [2, 4, 6, 8]);
  assert.equal(session.sequenceOf(6), 3);
  assert.deepEqual(session.take({ expunges: false }), {
    expunged: [],
    exists: undefined,
    keywords: false,
    changed: [],
  });
  assert.equal(session.count, 4);
  // RFC 9051 §7.5.1: each number counts without those reported before it.
  assert.deepEqual(session.take({ expunges: true }).expunged, [2, 3]);
  assert.deepEqual([...session.uids()], [2, 6]);
});

test('new messages are announced, and one that has gone meanwhile is never heard of', () => {
  const { view, reader } = viewOf([1, 2]);
  const session = reader();
  view.apply(
    changes(11, {
      uidNext: 5,
      flags: [
        [3, 0],
        [4, 0],
      ],
    }),
  );
  view.apply(changes(12, { uidNext: 5, vanished: gone(3) }));
  assert.equal(session.count, 2);
  assert.deepEqual(session.take({ expunges: true }), {
    expunged: [],
    exists: 3,
    keywords: false,
    changed: [],
  });
  assert.deepEqual([...session.uids()], [1, 2, 4]);
});

test('an expunge and an arrival together are told as both', () => {
  const { view, reader } = viewOf([1, 2]);
  const session = reader();
  view.apply(changes(12, { uidNext: 4, flags: [[3, 0]], vanished: gone(1) }));
  assert.deepEqual(session.take({ expunges: true }), {
    expunged: [1],
    exists: 2,
    keywords: false,
    changed: [],
  });
});

test('flags that others change are told once, own changes are not', () => {
  const { view, reader } = viewOf([1, 2, 3]);
  const [one, other] = [reader(), reader()];
  view.apply(changes(11, { flags: [[2, 1]] }));
  one.tellOwn(2, 11);
  assert.deepEqual(one.take({ expunges: true }).changed, []);
  assert.deepEqual(other.take({ expunges: true }).changed, [{ sequence: 2, uid: 2, bits: 1 }]);
  assert.deepEqual(other.take({ expunges: true }).changed, []);
});

test('a session that missed more changes than are remembered is told all the same', () => {
  const { view, reader } = viewOf(Array.from({ length: 5_000 }, (_, n) => n + 1));
  const session = reader();
  view.apply(changes(11, { flags: Array.from({ length: 5_000 }, (_, n) => [n + 1, 1] as const) }));
  view.apply(changes(12, { flags: [[7, 3]] }));
  const told = session.take({ expunges: true }).changed;
  assert.equal(told.length, 5_000);
  assert.deepEqual(told[6], { sequence: 7, uid: 7, bits: 3 });
});

test('keywords are declared anew when they change', () => {
  const { view, reader } = viewOf([1]);
  const session = reader();
  view.apply(changes(11, { keywords: ['a'], flags: [[1, 32]] }));
  assert.equal(view.flagText(33), '\\Seen a');
  assert.equal(session.take({ expunges: false }).keywords, true);
  assert.equal(session.take({ expunges: false }).keywords, false);
});

test('a mailbox is held once, and kept until others are needed more', async () => {
  let selects = 0;
  const watchers = new Set<() => void>();
  const store = {
    messages: {
      select: async () => {
        selects += 1;
        return ok(snapshot([1]));
      },
    },
    changes: {
      ...noChanges,
      watch: (_: AccountId, listener: () => void) => {
        watchers.add(listener);
        return () => watchers.delete(listener);
      },
    },
  } as unknown as Pick<Store, 'messages' | 'changes'>;
  const views = new MailboxViews();
  const leases = await Promise.all([
    views.acquire(store, account, mailbox),
    views.acquire(store, account, mailbox),
  ]);
  assert.equal(selects, 1);
  assert.equal(watchers.size, 1);
  for (const lease of leases) if (lease.ok) lease.value.release();
  assert.equal(views.size, 1);
  views.trim();
  assert.equal(views.size, 0);
  assert.equal(watchers.size, 0);
});

test('own changes of flags need no read while nobody else looks on', () => {
  const { view, reader } = viewOf([1, 2]);
  const session = reader();
  view.notice(11);
  assert.equal(view.stale, true);
  session.tellOwn(2, 11);
  assert.equal(view.settleOwn([{ uid: 2 as Uid, flags: 1, modseq: 11 as ModSeq }]), true);
  assert.equal(view.stale, false);
  assert.equal(view.flags[1], 1);
  view.notice(11);
  assert.equal(view.stale, false);
  assert.deepEqual(session.take({ expunges: true }).changed, []);
  // The next refresh brings it again; it is still the session's own.
  view.apply(changes(12, { flags: [[2, 1]] }));
  view.apply(changes(12, { uidNext: 3 }));
  assert.equal(view.highestModSeq, 12);
});

test('own changes are read again where another session looks on, or a keyword is new', () => {
  const { view, reader } = viewOf([1, 2]);
  reader();
  assert.equal(view.settleOwn([{ uid: 1 as Uid, flags: 32, modseq: 11 as ModSeq }]), false);
  reader();
  assert.equal(view.settleOwn([{ uid: 1 as Uid, flags: 1, modseq: 11 as ModSeq }]), false);
  assert.equal(view.flags[0], 0);
});

test('a notice during a read makes the next refresh read again', async () => {
  let reads = 0;
  let finish: (() => void) | undefined;
  const view: MailboxView = new MailboxView(account, snapshot([1]), {
    changes: {
      watch: () => () => undefined,
      since: async () => {
        reads += 1;
        if (reads === 1) {
          await new Promise<void>((resolve) => {
            finish = resolve;
          });
        }
        return ok(changes(10 + reads, { uidNext: 2 }));
      },
    },
  });
  const first = view.refresh();
  view.notice(99);
  const second = view.refresh();
  finish?.();
  await Promise.all([first, second]);
  assert.equal(reads, 2);
  assert.equal(view.stale, false);
});

test('of an account that was removed or restored nothing is kept', async () => {
  let notice: Parameters<Changes['watch']>[1] = () => undefined;
  const store = {
    messages: { select: async () => ok(snapshot([1])) } as Partial<Store['messages']> as Store['messages'],
    changes: {
      ...noChanges,
      watch: (_: AccountId, listener: typeof notice) => {
        notice = listener;
        return () => undefined;
      },
    },
  };
  const views = new MailboxViews();
  const lease = await views.acquire(store, account, mailbox);
  assert.ok(lease.ok);
  const shelf = lease.value.view.textsOf('ENVELOPE');
  const { rows } = lease.value.view;
  const row = { uid: 1, summary: undefined } as MessageRow;
  shelf.put(1, 'secret');
  rows.put('body', row);
  notice({ mailbox: undefined, modseq: 11 });
  assert.equal(shelf.get(1), 'secret');
  assert.ok(rows.get(1, 'body'));
  notice({ mailbox: undefined, modseq: Infinity });
  assert.equal(shelf.get(1), undefined);
  rows.put('body', row);
  assert.equal(rows.get(1, 'body'), undefined, 'it was being read');
  lease.value.release();
  notice({ mailbox: undefined, modseq: Infinity });
  assert.equal(views.size, 0);
});
