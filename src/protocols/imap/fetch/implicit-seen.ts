import { systemFlags } from '#store/contract/messages.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import type { SelectedWorld } from '../world.ts';
import type { FetchPart } from './item.ts';
import type { ReadPage } from './read-page.ts';

const none: ReadonlySet<number> = new Set();

/**
 * The implicit \Seen of a FETCH (RFC 9051 §6.4.5): one change for a page. A large body comes from the store only while it
 * is written, and may turn out to be lost: its message waits until something of it was given.
 */
export class ImplicitSeen {
  readonly #world: SelectedWorld;
  readonly #isAsked: boolean;
  readonly #mayBeLate: boolean;
  readonly #tellsFlags: boolean;
  /** Messages of the page that this FETCH has made \Seen, and that are told so with what was asked for. */
  #made = new Set<number>();
  #waiting = none;

  constructor(world: SelectedWorld, parts: readonly FetchPart[]) {
    const seeing = parts.filter((part) => part.setsSeen);
    this.#world = world;
    this.#isAsked = !world.selected.readOnly && seeing.length > 0;
    this.#mayBeLate = seeing.some((part) => part.needs.includes('body'));
    this.#tellsFlags = parts.some((part) => part.tellsFlags);
  }

  async markPage(uids: Uint32Array, { rows, lost }: ReadPage): Promise<Trouble | undefined> {
    if (!this.#isAsked) return undefined;
    const large = this.#mayBeLate ? rows.filter(({ body }) => body === undefined) : [];
    const late = new Set<number>(large.map(({ uid }) => uid));
    const unseen = [...uids].filter((uid) => !lost.has(uid) && this.#isUnseen(uid));
    this.#waiting = new Set(unseen.filter((uid) => late.has(uid)));
    const atOnce = unseen.filter((uid) => !late.has(uid));
    this.#made = new Set(this.#tellsFlags ? none : atOnce);
    return await this.#mark(atOnce, true);
  }

  isWaiting(uid: number): boolean {
    return this.#waiting.has(uid);
  }

  /** One that was waiting; where its flags were told before, they are told once more as news. */
  async markLate(uid: number): Promise<Trouble | undefined> {
    if (!this.#tellsFlags) this.#made.add(uid);
    return this.#isUnseen(uid) ? await this.#mark([uid], !this.#tellsFlags) : undefined;
  }

  /** The flags that are to be told beside what was asked for. */
  flagsToTell(uid: number): string | undefined {
    const { view } = this.#world.selected;
    const index = this.#made.has(uid) ? view.indexOf(uid) : -1;
    return index < 0 ? undefined : view.flagText(view.flags[index] ?? 0);
  }

  #isUnseen(uid: number): boolean {
    const { view } = this.#world.selected;
    const index = view.indexOf(uid);
    return index >= 0 && ((view.flags[index] ?? 0) & systemFlags['\\Seen']) === 0;
  }

  async #mark(uids: readonly number[], isTold: boolean): Promise<Trouble | undefined> {
    if (uids.length === 0) return undefined;
    const { store, account, selected } = this.#world;
    const { view, reader } = selected;
    const change = { mode: 'add', flags: ['\\Seen'] } as const;
    const changed = await store.messages.flags(account, selected.id, uids, change);
    if (!changed.ok) return changed.error;
    if (isTold) for (const { uid, modseq } of changed.value.changed) reader.tellOwn(uid, modseq);
    if (view.settleOwn(changed.value.changed)) return undefined;
    const refreshed = await view.refresh();
    return refreshed.ok ? undefined : refreshed.error;
  }
}
