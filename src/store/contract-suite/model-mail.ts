import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { AccountId, MailboxId, QueueId } from '#base/id.ts';
import { makeId } from '#base/id.ts';
import type { Result } from '#base/result.ts';
import type { MailboxSnapshot, SearchQuery } from '../contract/messages.ts';
import type { Store } from '../contract/store.ts';
import type { Trouble } from '../contract/trouble.ts';
import { flagNames } from '../flags.ts';
import { sampleMessage } from './sample-message.ts';
import { must } from './store-under-test.ts';

/** One act on an account's mail; mailboxes by name, since ids differ from store to store. */
export type MailAct =
  | { readonly act: 'create' | 'subscribe' | 'unsubscribe'; readonly name: string }
  | { readonly act: 'remove'; readonly name: string }
  | { readonly act: 'rename'; readonly name: string; readonly to: string }
  | {
      readonly act: 'append';
      readonly name: string;
      readonly flags: readonly (readonly string[])[];
      readonly key?: string;
    }
  | {
      readonly act: 'deliver';
      readonly into: readonly { readonly mailbox: string; readonly flags: readonly string[] }[];
      readonly n: number;
    }
  | {
      readonly act: 'flags';
      readonly name: string;
      readonly uids: readonly number[];
      readonly mode: 'add' | 'remove' | 'replace';
      readonly flags: readonly string[];
      readonly back: number | undefined;
    }
  | {
      readonly act: 'copy' | 'move';
      readonly name: string;
      readonly uids: readonly number[];
      readonly to: string;
    }
  | {
      readonly act: 'expunge';
      readonly name: string;
      readonly uids: readonly number[] | 'all';
      readonly onlyDeleted: boolean;
    }
  | { readonly act: 'search'; readonly name: string; readonly query: SearchQuery };

const names = ['INBOX', 'inbox', 'Archive', 'a', 'a/b', 'a/b/c', 'b', 'INBOX/x', 'x//y'];
const flags = ['\\Seen', '\\deleted', '\\Flagged', 'one', 'Two', 'THREE', '$Forwarded', '\\Bad'];

const name = fc.constantFrom(...names);
const someFlags = fc.array(fc.constantFrom(...flags.slice(0, -1)), { maxLength: 3 });
const anyFlags = fc.oneof(
  { weight: 9, arbitrary: someFlags },
  { weight: 1, arbitrary: fc.constant(['\\Bad']) },
);
const uids = fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 6 });

const query: fc.Arbitrary<SearchQuery> = fc.letrec<{ query: SearchQuery }>((tie) => ({
  query: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constant<SearchQuery>({ kind: 'all' }),
    fc.record({ kind: fc.constant('flag' as const), flag: fc.constantFrom(...flags), set: fc.boolean() }),
    fc.record({
      kind: fc.constant('text' as const),
      field: fc.constantFrom('text' as const, 'subject' as const, 'body' as const),
      value: fc.constantFrom('sub', 'HELLO', 'nothing', ''),
    }),
    fc.record({ kind: fc.constant('uids' as const), ranges: fc.constant([[2, 5]] as const) }),
    fc.record({ kind: fc.constant('not' as const), query: tie('query') }),
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      queries: fc.array(tie('query'), { maxLength: 3 }),
    }),
  ),
})).query;

export const mailAct: fc.Arbitrary<MailAct> = fc.oneof(
  fc.record({
    act: fc.constantFrom('create' as const, 'subscribe' as const, 'unsubscribe' as const),
    name,
  }),
  fc.record({ act: fc.constant('remove' as const), name }),
  fc.record({ act: fc.constant('rename' as const), name, to: name }),
  {
    weight: 3,
    arbitrary: fc.record(
      {
        act: fc.constant('append' as const),
        name,
        flags: fc.array(anyFlags, { maxLength: 3 }),
        key: fc.constantFrom('k1', 'k2'),
      },
      { requiredKeys: ['act', 'name', 'flags'] },
    ),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      act: fc.constant('deliver' as const),
      into: fc.array(fc.record({ mailbox: name, flags: someFlags }), { maxLength: 2 }),
      n: fc.integer({ min: 1, max: 4 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      act: fc.constant('flags' as const),
      name,
      uids,
      mode: fc.constantFrom('add' as const, 'remove' as const, 'replace' as const),
      flags: anyFlags,
      back: fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ act: fc.constantFrom('copy' as const, 'move' as const), name, uids, to: name }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      act: fc.constant('expunge' as const),
      name,
      uids: fc.oneof(uids, fc.constant('all' as const)),
      onlyDeleted: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('search' as const), name, query }) },
);

/** One account in one store, acted on and looked at by names. */
export class MailActor {
  readonly #store: Store;
  readonly #account: AccountId;
  readonly #queueIds: readonly QueueId[];
  /** HIGHESTMODSEQ of each mailbox when it was last looked at. */
  readonly #seen = new Map<MailboxId, number>();
  readonly #highest = new Map<MailboxId, number[]>();

  constructor(store: Store, account: AccountId) {
    this.#store = store;
    this.#account = account;
    this.#queueIds = [0, 1, 2, 3, 4].map((n) => makeId<QueueId>(n, new Uint8Array(10).fill(n)));
  }

  /** What the act answered, in terms that every store shares. */
  async run(act: MailAct): Promise<unknown> {
    const { mailboxes, messages } = this.#store;
    const account = this.#account;
    switch (act.act) {
      case 'create':
        return told(await mailboxes.create(account, act.name), ({ name, subscribed }) => ({
          name,
          subscribed,
        }));
      case 'subscribe':
      case 'unsubscribe':
        return told(await mailboxes.subscribe(account, act.name, act.act === 'subscribe'));
      case 'deliver': {
        const key = { queueId: this.#queueIds[act.n] ?? ('' as QueueId), recipient: 'user@example.test' };
        return told(await messages.deliver(account, sampleMessage(), { into: act.into }, key));
      }
      default:
        return this.#runIn(act);
    }
  }

  async #runIn(
    act: Exclude<MailAct, { act: 'create' | 'subscribe' | 'unsubscribe' | 'deliver' }>,
  ): Promise<unknown> {
    const { mailboxes, messages } = this.#store;
    const account = this.#account;
    const id = await this.#idOf(act.name);
    if (id === undefined) return 'no such mailbox';
    switch (act.act) {
      case 'remove':
        return told(await mailboxes.remove(account, id));
      case 'rename':
        return told(await mailboxes.rename(account, id, act.to));
      case 'append': {
        const samples = act.flags.map((flags) => sampleMessage({ flags }));
        return told(await messages.append(account, id, samples, act.key), (all) => all.map(({ uid }) => uid));
      }
      case 'flags': {
        const highest = this.#highest.get(id) ?? [];
        const since = act.back === undefined ? undefined : (highest.at(-1 - act.back) ?? 0);
        const result = await messages.flags(
          account,
          id,
          act.uids,
          { mode: act.mode, flags: act.flags },
          since,
        );
        return told(result, ({ changed, modified }) => ({
          changed: changed.map(({ uid }) => uid),
          modified,
        }));
      }
      case 'copy':
      case 'move': {
        const to = await this.#idOf(act.to);
        if (to === undefined) return 'no such target';
        const result = await messages[act.act](account, id, act.uids, to);
        return told(result, ({ pairs }) => pairs);
      }
      case 'expunge':
        return told(await messages.expunge(account, id, act.uids, act.onlyDeleted), ({ uids }) => uids);
      default:
        return told(await messages.search(account, id, act.query), (found) => [...found]);
    }
  }

  /** Everything that can be seen of the account, and what changed since the last look. */
  async look(): Promise<unknown> {
    const { mailboxes, accounts } = this.#store;
    const list = must(await mailboxes.list(this.#account));
    const boxes = [];
    for (const { id, name, specialUse, subscribed } of list) {
      boxes.push({ name, specialUse, subscribed, ...(await this.#lookInto(id)) });
    }
    return {
      boxes,
      subscriptions: must(await mailboxes.subscriptions(this.#account)),
      usage: must(await accounts.usage(this.#account)),
    };
  }

  async #lookInto(id: MailboxId): Promise<object> {
    const { mailboxes, messages, changes } = this.#store;
    const snapshot = must(await messages.select(this.#account, id));
    const status = must(await mailboxes.status(this.#account, [id])).get(id);
    const before = this.#seen.get(id) ?? 0;
    const since = must(await changes.since(this.#account, id, before));
    assert.equal(status?.uidValidity, snapshot.uidValidity);
    assert.equal(since.highestModSeq, snapshot.highestModSeq);
    assert.ok(snapshot.highestModSeq >= before, 'MODSEQ never falls');
    assert.ok(snapshot.modseqs.every((modseq) => modseq <= snapshot.highestModSeq));
    assert.equal(new Set(snapshot.keywords).size, snapshot.keywords.length);
    this.#seen.set(id, snapshot.highestModSeq);
    this.#highest.set(id, [...(this.#highest.get(id) ?? []), snapshot.highestModSeq]);
    const rows = must(
      await messages.read(this.#account, id, [...snapshot.uids], new Set(['summary', 'body']), 256),
    );
    return {
      messages: flagsByUid(snapshot),
      uidNext: snapshot.uidNext,
      moved: snapshot.highestModSeq > before,
      counts: [status?.messages, status?.unseen, status?.deleted, status?.uidNext, status?.sizeBytes],
      changed: since.changed.map(({ uid, flags }) => [uid, flagNames(flags, since.keywords).toSorted()]),
      vanished: since.vanished,
      rows: rows.map(({ uid, body, sizeBytes }) => [uid, sizeBytes, body?.length]),
    };
  }

  async #idOf(text: string): Promise<MailboxId | undefined> {
    const name = /^inbox$/i.test(text) ? 'INBOX' : text;
    return must(await this.#store.mailboxes.list(this.#account)).find((mailbox) => mailbox.name === name)?.id;
  }
}

function flagsByUid({ uids, flags, keywords }: MailboxSnapshot): readonly unknown[] {
  return Array.from(uids, (uid, i) => [uid, flagNames(flags[i] ?? 0, keywords).toSorted()]);
}

function told<T>(result: Result<T, Trouble>, tell: (value: T) => unknown = (value) => value): unknown {
  return result.ok ? { ok: tell(result.value) } : { trouble: result.error };
}
