import { setTimeout as sleep } from 'node:timers/promises';
import type { AccountId, MailboxId } from '#base/id.ts';
import type { SqliteStore } from '#backends/sqlite/sqlite-store.ts';
import type { Random } from '#platform/random.ts';
import type { FlagChange } from '#store/contract/messages.ts';
import { writeLetter } from './letter.ts';
import type { Box } from './mark.ts';
import { must } from './stored.ts';
import type { Trying } from './trying.ts';

const pauseMsMax = 10;
const flagWords = ['\\Seen', '\\Answered', '\\Flagged', '\\Deleted', '$Label', 'Work'];
const modes = ['add', 'remove', 'replace'] as const;

interface KnownBox extends Box {
  readonly uids: Set<number>;
}

/** The owner of a mailbox at work: one operation after the other, on what it has been shown. */
export class MailClient {
  readonly account: AccountId;
  readonly #random: Random;
  readonly #trying: Trying;
  readonly #boxes = new Map<MailboxId, KnownBox>();
  readonly #gone = new Set<string>();
  #letters = 0;

  constructor(account: AccountId, boxes: readonly Box[], parts: { random: Random; trying: Trying }) {
    this.account = account;
    this.#random = parts.random;
    this.#trying = parts.trying;
    for (const box of boxes) this.#boxes.set(box.id, { ...box, uids: new Set() });
  }

  boxes(): readonly Box[] {
    return [...this.#boxes.values()];
  }

  knows(box: MailboxId, uid: number): void {
    if (!this.#gone.has(`${box} ${String(uid)}`)) this.#boxes.get(box)?.uids.add(uid);
  }

  async work(store: SqliteStore, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#act(store);
      await sleep(this.#random.integer(pauseMsMax));
    }
  }

  async #act(store: SqliteStore): Promise<void> {
    const weighted: readonly (readonly [number, () => Promise<void>])[] = [
      [5, () => this.#append(store)],
      [7, () => this.#flag(store)],
      [3, () => this.#expunge(store)],
      [3, () => this.#copy(store)],
      [3, () => this.#move(store)],
      [1, () => this.#createBox(store)],
      [1, () => this.#renameBox(store)],
      [1, () => this.#removeBox(store)],
      [1, () => this.#subscribe(store)],
      [1, () => this.#close(store)],
      [1, () => this.#tend(store)],
    ];
    const acts = weighted.flatMap(([weight, act]) => Array.from({ length: weight }, () => act));
    await this.#one(acts)?.();
  }

  async #append(store: SqliteStore): Promise<void> {
    const box = this.#one(this.boxes());
    if (box === undefined) return;
    this.#letters += 1;
    const letter = await writeLetter(this.#random, store.blobs, this.#letters);
    const flags = this.#flags();
    const message = { prefix: new Uint8Array(), ...letter, internalDateMs: Date.now(), flags };
    const { account } = this;
    const appended = await this.#trying(
      { kind: 'append', account, mailbox: box.id, hash: letter.hash, flags },
      async () => must(await store.messages.append(account, box.id, [message]), 'append'),
      (answer) => ({ uids: answer.map(({ uid }) => uid) }),
    );
    if (letter.body.kind === 'blob') await store.blobs.remove(letter.body.id);
    for (const { uid } of appended) this.knows(box.id, uid);
  }

  async #flag(store: SqliteStore): Promise<void> {
    const [box, uids] = this.#some();
    if (box === undefined) return;
    const change: FlagChange = { mode: this.#one(modes) ?? 'add', flags: this.#flags() };
    const { account } = this;
    await this.#trying(
      { kind: 'flags', account, mailbox: box.id, uids, change },
      async () => must(await store.messages.flags(account, box.id, uids, change), 'flags'),
      ({ changed }) => ({ uids: changed.map(({ uid }) => uid) }),
    );
  }

  async #expunge(store: SqliteStore): Promise<void> {
    const [box, uids] = this.#some();
    if (box === undefined) return;
    const { account } = this;
    for (const uid of uids) this.#forget(box, uid);
    await this.#trying(
      { kind: 'expunge', account, mailbox: box.id, uids },
      async () => must(await store.messages.expunge(account, box.id, uids, false), 'expunge'),
      (gone) => ({ uids: gone.uids }),
    );
  }

  async #copy(store: SqliteStore): Promise<void> {
    const [box, uids] = this.#some();
    const to = this.#one(this.boxes());
    if (box === undefined || to === undefined) return;
    const { account } = this;
    const { pairs } = await this.#trying(
      { kind: 'copy', account, mailbox: box.id, uids, to: to.id },
      async () => must(await store.messages.copy(account, box.id, uids, to.id), 'copy'),
      (copied) => ({ pairs: copied.pairs }),
    );
    for (const [, uid] of pairs) this.knows(to.id, uid);
  }

  async #move(store: SqliteStore): Promise<void> {
    const [box, uids] = this.#some();
    const to = this.#one(this.boxes());
    if (box === undefined || to === undefined || to.id === box.id) return;
    const { account } = this;
    for (const uid of uids) this.#forget(box, uid);
    const { pairs } = await this.#trying(
      { kind: 'move', account, mailbox: box.id, uids, to: to.id },
      async () => must(await store.messages.move(account, box.id, uids, to.id), 'move'),
      (moved) => ({ pairs: moved.pairs }),
    );
    for (const [, uid] of pairs) this.knows(to.id, uid);
  }

  async #createBox(store: SqliteStore): Promise<void> {
    const name = this.#newName();
    const { account } = this;
    const box = await this.#trying(
      { kind: 'create-mailbox', account, name },
      async () => must(await store.mailboxes.create(account, name), 'create a mailbox'),
      ({ id, uidValidity }) => ({ boxes: [{ id, name, uidValidity }] }),
    );
    this.#boxes.set(box.id, { ...box, uids: new Set() });
  }

  async #renameBox(store: SqliteStore): Promise<void> {
    const box = this.#ownBox();
    if (box === undefined) return;
    const name = this.#newName();
    const { account } = this;
    await this.#trying({ kind: 'rename-mailbox', account, mailbox: box.id, name }, async () =>
      must(await store.mailboxes.rename(account, box.id, name), 'rename a mailbox'),
    );
  }

  async #removeBox(store: SqliteStore): Promise<void> {
    const box = this.#ownBox();
    if (box === undefined) return;
    this.#boxes.delete(box.id);
    const { account } = this;
    await this.#trying({ kind: 'remove-mailbox', account, mailbox: box.id }, async () =>
      must(await store.mailboxes.remove(account, box.id), 'remove a mailbox'),
    );
  }

  async #subscribe(store: SqliteStore): Promise<void> {
    const subscribed = this.#random.integer(2) === 0;
    must(await store.mailboxes.subscribe(this.account, 'Archive', subscribed), 'subscribe');
  }

  /** The file is closed; whoever comes next opens it. */
  async #close(store: SqliteStore): Promise<void> {
    await store.accountFiles.release(this.account);
  }

  async #tend(store: SqliteStore): Promise<void> {
    must(await store.accountFiles.tend(this.account), 'tend');
  }

  #forget(box: KnownBox, uid: number): void {
    box.uids.delete(uid);
    this.#gone.add(`${box.id} ${String(uid)}`);
  }

  /** A mailbox with messages, and some of them. */
  #some(): readonly [KnownBox | undefined, readonly number[]] {
    const box = this.#one([...this.#boxes.values()].filter(({ uids }) => uids.size > 0));
    if (box === undefined) return [undefined, []];
    const count = this.#random.integer(4) === 0 ? 3 : 1;
    const uids = Array.from({ length: count }, () => this.#one([...box.uids]) ?? 0);
    return [box, [...new Set(uids)]];
  }

  #ownBox(): KnownBox | undefined {
    return this.#one([...this.#boxes.values()].filter(({ name }) => name.startsWith('Box ')));
  }

  #newName(): string {
    return `Box ${String(this.#random.integer(1_000_000_000))}`;
  }

  #flags(): readonly string[] {
    return flagWords.filter(() => this.#random.integer(4) === 0);
  }

  #one<T>(items: readonly T[]): T | undefined {
    return items[this.#random.integer(items.length)];
  }
}
