import type { AccountId, MailboxId } from '#base/id.ts';
import type { FlagChange } from '#store/contract/messages.ts';
import type { Attempt, Box, Done, Hash, Mailbox, Mark } from './mark.ts';

/** A message under a UID, as somebody was told of it. */
export interface Instance extends Mailbox {
  readonly uid: number;
  readonly hash: Hash;
  /** Durable: it must be there, unless it was removed. */
  sure: boolean;
  /** `maybe`: the crash came while it was being removed. */
  removed: 'no' | 'maybe' | 'yes';
  /** Sorted names after the last change that was answered; `undefined`: not known. */
  flags: string | undefined;
  /** What they are instead if a change under way when the crash came was made. */
  flagsMaybe: string | undefined;
}

/** How many of a message an account may hold. */
export interface Copies {
  min: number;
  max: number;
}

export interface BoxPromise extends Box {
  readonly account: AccountId;
  name: string;
  nameMaybe: string | undefined;
  removed: 'no' | 'maybe' | 'yes';
  modseq: number;
  uidNext: number;
}

interface Pending {
  readonly attempt: Attempt;
  /** Instances of the account that were seen before: the same WAL holds them, so this sync covers them. */
  readonly covers: readonly Instance[];
}

/** All that was promised and shown up to a moment, drawn from the marks one after the other. */
export class Promises {
  readonly accounts = new Set<AccountId>();
  readonly instances = new Map<string, Instance>();
  readonly boxes = new Map<string, BoxPromise>();
  /** By account and hash. */
  readonly copies = new Map<string, Copies>();
  /** The flags that were shown at a MODSEQ of a message. */
  readonly states = new Map<string, string>();
  readonly #pending = new Map<number, Pending>();

  take(mark: Mark): void {
    switch (mark.t) {
      case 'try':
        return this.#try(mark.n, mark.attempt);
      case 'done':
        return this.#done(mark.n, mark.done);
      case 'seen':
        this.#instance(mark, mark.uid, mark.hash);
        return undefined;
      case 'state':
        this.states.set(`${placeKey(mark, mark.uid)} ${String(mark.modseq)}`, flagText(mark.flags));
        return undefined;
      case 'high':
        return this.#high(mark);
      default:
        throw new Error('a mark of no known kind');
    }
  }

  #high(mark: Mailbox & { readonly modseq: number; readonly uidNext: number }): void {
    const box = this.boxes.get(boxKey(mark));
    if (box === undefined) return;
    box.modseq = Math.max(box.modseq, mark.modseq);
    box.uidNext = Math.max(box.uidNext, mark.uidNext);
  }

  #try(n: number, attempt: Attempt): void {
    const account = 'mailbox' in attempt ? attempt.account : undefined;
    const covers =
      account === undefined
        ? []
        : [...this.instances.values()].filter((one) => one.account === account && !one.sure);
    this.#pending.set(n, { attempt, covers });
    switch (attempt.kind) {
      case 'queue':
        for (const account of attempt.accounts) this.#copiesOf(account, attempt.hash).max += 1;
        return;
      case 'append':
        this.#copiesOf(attempt.account, attempt.hash).max += 1;
        return;
      case 'copy':
        for (const one of this.#named(attempt)) this.#copiesOf(one.account, one.hash).max += 1;
        return;
      case 'flags':
        for (const one of this.#named(attempt)) one.flagsMaybe = changedFlags(one.flags, attempt.change);
        return;
      case 'move':
        for (const one of this.#named(attempt)) one.removed = 'maybe';
        return;
      case 'expunge':
        for (const one of this.#named(attempt)) this.#mayGo(one);
        return;
      case 'rename-mailbox':
        this.#box(attempt).nameMaybe = attempt.name;
        return;
      case 'remove-mailbox':
        this.#box(attempt).removed = 'maybe';
        for (const one of this.#inBox(attempt)) this.#mayGo(one);
        return;
      default:
        return;
    }
  }

  #done(n: number, done: Done): void {
    const pending = this.#pending.get(n);
    if (pending === undefined) throw new Error('a mark without its beginning');
    this.#pending.delete(n);
    for (const one of pending.covers) one.sure = true;
    const { attempt } = pending;
    switch (attempt.kind) {
      case 'account':
        return this.#accountMade(done);
      case 'queue':
        for (const account of attempt.accounts) this.#copiesOf(account, attempt.hash).min += 1;
        return undefined;
      case 'append':
        this.#copiesOf(attempt.account, attempt.hash).min += 1;
        for (const uid of done.uids ?? [])
          this.#made(attempt, uid, { hash: attempt.hash, flags: flagText(attempt.flags) });
        return undefined;
      case 'flags':
        return this.#flagged(attempt, new Set(done.uids));
      case 'expunge':
        return this.#expunged(attempt, new Set(done.uids));
      case 'copy':
      case 'move':
        return this.#copied(attempt, done.pairs ?? []);
      case 'create-mailbox':
        for (const box of done.boxes ?? []) this.#addBox(attempt.account, box);
        return undefined;
      case 'rename-mailbox':
        this.#box(attempt).name = attempt.name;
        this.#box(attempt).nameMaybe = undefined;
        return undefined;
      case 'remove-mailbox':
        this.#box(attempt).removed = 'yes';
        for (const one of this.#inBox(attempt)) this.#went(one);
        return undefined;
      default:
        throw new Error('an attempt of no known kind');
    }
  }

  #accountMade({ account, boxes = [] }: Done): void {
    if (account === undefined) return;
    this.accounts.add(account);
    for (const box of boxes) this.#addBox(account, box);
  }

  #addBox(account: AccountId, box: Box): void {
    const shown = { nameMaybe: undefined, removed: 'no' as const, modseq: 0, uidNext: 1 };
    this.boxes.set(boxKey({ account, mailbox: box.id }), { ...box, ...shown, account });
  }

  #flagged(attempt: Attempt & { kind: 'flags' }, changed: ReadonlySet<number>): void {
    for (const one of this.#named(attempt)) {
      if (changed.has(one.uid)) one.flags = one.flagsMaybe;
      one.flagsMaybe = undefined;
    }
  }

  #expunged(attempt: Attempt & { kind: 'expunge' }, gone: ReadonlySet<number>): void {
    for (const one of this.#named(attempt)) if (gone.has(one.uid)) this.#went(one);
  }

  #copied(attempt: Attempt & { kind: 'copy' | 'move' }, pairs: readonly (readonly [number, number])[]): void {
    const target = { account: attempt.account, mailbox: attempt.to };
    const made = new Map(pairs);
    for (const one of this.#named(attempt)) {
      const uid = made.get(one.uid);
      if (uid === undefined) continue;
      if (attempt.kind === 'copy') this.#copiesOf(one.account, one.hash).min += 1;
      else one.removed = 'yes';
      this.#made(target, uid, one);
    }
  }

  #mayGo(one: Instance): void {
    if (one.removed !== 'no') return;
    one.removed = 'maybe';
    this.#copiesOf(one.account, one.hash).min -= 1;
  }

  #went(one: Instance): void {
    if (one.removed !== 'maybe') return;
    one.removed = 'yes';
    this.#copiesOf(one.account, one.hash).max -= 1;
  }

  #made(
    place: Mailbox,
    uid: number,
    { hash, flags }: { readonly hash: Hash; readonly flags: string | undefined },
  ): void {
    const instance = this.#instance(place, uid, hash);
    instance.sure = true;
    instance.flags ??= flags;
  }

  #instance({ account, mailbox }: Mailbox, uid: number, hash: Hash): Instance {
    const key = placeKey({ account, mailbox }, uid);
    const known = this.instances.get(key);
    if (known !== undefined && known.hash !== hash)
      throw new Error(`without any crash, ${key} names two messages`);
    const unknown = { removed: 'no' as const, flags: undefined, flagsMaybe: undefined };
    const instance = known ?? { account, mailbox, uid, hash, sure: false, ...unknown };
    this.instances.set(key, instance);
    return instance;
  }

  /** Those that are known, and not gone for certain: of others the answer speaks. */
  #named({ account, mailbox, uids }: Mailbox & { readonly uids: readonly number[] }): readonly Instance[] {
    return uids.flatMap((uid) => this.instances.get(placeKey({ account, mailbox }, uid)) ?? []);
  }

  #inBox({ account, mailbox }: Mailbox): readonly Instance[] {
    return [...this.instances.values()].filter((one) => one.account === account && one.mailbox === mailbox);
  }

  #box(place: Mailbox): BoxPromise {
    const box = this.boxes.get(boxKey(place));
    if (box === undefined) throw new Error('a mailbox nobody was told of');
    return box;
  }

  #copiesOf(account: AccountId, hash: Hash): Copies {
    return this.copies.getOrInsertComputed(copiesKey(account, hash), () => ({ min: 0, max: 0 }));
  }
}

export function placeKey({ account, mailbox }: Mailbox, uid: number): string {
  return `${account} ${mailbox} ${String(uid)}`;
}

export function boxKey({
  account,
  mailbox,
}: {
  readonly account: AccountId;
  readonly mailbox: MailboxId;
}): string {
  return `${account} ${mailbox}`;
}

export function copiesKey(account: AccountId, hash: Hash): string {
  return `${account} ${hash}`;
}

export function flagText(flags: readonly string[]): string {
  return [...flags].sort().join(' ');
}

function changedFlags(before: string | undefined, { mode, flags }: FlagChange): string | undefined {
  if (mode === 'replace') return flagText(flags);
  if (before === undefined) return undefined;
  const names = new Set(before.split(' ').filter((name) => name !== ''));
  for (const flag of flags) {
    if (mode === 'add') names.add(flag);
    else names.delete(flag);
  }
  return flagText([...names]);
}
