import type { Progress } from '#admin/progress.ts';
import type { AccountId } from '#base/id.ts';
import type { Result } from '#base/result.ts';
import { err, ok } from '#base/result.ts';
import type { SqliteStore } from '#backends/sqlite/sqlite-store.ts';
import type { Clock } from '#platform/clock.ts';
import type { Trouble } from '#store/contract/trouble.ts';

/** Beside the settings in the store, sealed as they are; no person sets it. */
const name = 'keys.rotation';

interface RotationState {
  readonly startedAtMs: number;
  readonly doneAtMs: number | null;
}

export interface RotatedAccounts {
  readonly accounts: number;
  /** Sealed anew in this run. */
  readonly records: number;
  /** Accounts whose file is out of use: they come later, by themselves. */
  readonly waiting: readonly string[];
}

type Parts = Pick<SqliteStore, 'keys' | 'accountFiles' | 'settings' | 'queue'>;

/**
 * Rotation of the accounts' keys (STORAGE §4): each gets a new key, and what the old one sealed is sealed anew, record by
 * record, while the account is in use. When it began is on record, so that a rotation that was broken off is taken up again
 * where it was.
 */
export class AccountKeys {
  readonly #store: Parts;
  readonly #clock: Clock;

  constructor(store: Parts, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Begins a rotation, or goes on with the one that is not done. */
  async rotate(progress: (progress: Progress) => void): Promise<Result<RotatedAccounts, Trouble>> {
    const state = await this.#state();
    if (!state.ok) return state;
    const going = state.value?.doneAtMs === null ? state.value : undefined;
    if (going !== undefined) return await this.#run(going, progress);
    const fresh = { startedAtMs: this.#clock.now(), doneAtMs: null };
    const begun = await this.#setState(fresh);
    return begun.ok ? await this.#run(fresh, progress) : begun;
  }

  /** Takes up a rotation that was broken off; returns how many records were sealed anew. */
  async resume(): Promise<Result<number, Trouble>> {
    const state = await this.#state();
    if (!state.ok) return state;
    if (state.value?.doneAtMs !== null) return ok(0);
    const done = await this.#run(state.value, () => undefined);
    return done.ok ? ok(done.value.records) : done;
  }

  /**
   * Destroys replaced keys that nothing is sealed under any more: no record of the account's file, nothing that it has in
   * the queue, and no trace, for those are older than `keptMs` and gone. Returns of how many accounts.
   */
  async forgetReplaced(keptMs: number): Promise<Result<number, Trouble>> {
    const submitters = await this.#submitters();
    if (!submitters.ok) return submitters;
    let forgotten = 0;
    for (const id of this.#store.keys.accounts()) {
      const set = this.#store.keys.account(id);
      if (!set.ok || set.value.retired.length === 0 || submitters.value.has(id)) continue;
      if (this.#clock.now() - (this.#store.keys.activeSinceMs(id) ?? this.#clock.now()) < keptMs) continue;
      const left = await this.#store.accountFiles.reseal(id);
      if (!left.ok || left.value > 0) continue;
      const gone = this.#store.keys.forgetRetired(id);
      if (!gone.ok) return gone;
      await this.#store.accountFiles.release(id);
      forgotten += 1;
    }
    return ok(forgotten);
  }

  async #run(
    state: RotationState,
    progress: (progress: Progress) => void,
  ): Promise<Result<RotatedAccounts, Trouble>> {
    const ids = this.#store.keys.accounts();
    const waiting: string[] = [];
    let records = 0;
    for (const [index, id] of ids.entries()) {
      const resealed = await this.#rotateOne(id, state.startedAtMs);
      if (resealed.ok) records += resealed.value;
      else if (resealed.error.code === 'fenced') waiting.push(id);
      else if (resealed.error.code !== 'not-found') return resealed;
      progress({ what: 'accounts under new keys', done: index + 1, total: ids.length });
    }
    if (waiting.length === 0) {
      const done = await this.#setState({ ...state, doneAtMs: this.#clock.now() });
      if (!done.ok) return done;
    }
    return ok({ accounts: ids.length - waiting.length, records, waiting });
  }

  async #rotateOne(id: AccountId, startedAtMs: number): Promise<Result<number, Trouble>> {
    const { keys, accountFiles } = this.#store;
    if ((keys.activeSinceMs(id) ?? 0) < startedAtMs) {
      const renewed = keys.renewAccount(id);
      if (!renewed.ok) return renewed;
      await accountFiles.release(id);
    }
    let records = 0;
    for (;;) {
      const resealed = await accountFiles.reseal(id);
      if (!resealed.ok) return resealed;
      if (resealed.value === 0) return ok(records);
      records += resealed.value;
    }
  }

  async #submitters(): Promise<Result<ReadonlySet<AccountId>, Trouble>> {
    const found = new Set<AccountId>();
    let cursor: string | undefined;
    do {
      const page = await this.#store.queue.list({}, cursor, 256);
      if (!page.ok) return page;
      for (const { submitter } of page.value.items) if (submitter !== undefined) found.add(submitter);
      cursor = page.value.next;
    } while (cursor !== undefined);
    return ok(found);
  }

  async #state(): Promise<Result<RotationState | undefined, Trouble>> {
    const stored = await this.#store.settings.get(name);
    return stored.ok ? ok(stored.value?.value as RotationState | undefined) : stored;
  }

  async #setState(state: RotationState): Promise<Result<void, Trouble>> {
    const stored = await this.#store.settings.get(name);
    if (!stored.ok) return stored;
    const set = await this.#store.settings.set(name, state, stored.value?.version ?? 0);
    return set.ok ? ok(undefined) : err(set.error);
  }
}
