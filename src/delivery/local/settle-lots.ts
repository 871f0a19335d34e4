import type { AccountId } from '#base/id.ts';
import type { Clock } from '#platform/clock.ts';
import { syncAskedWithinMs } from '#store/contract/messages.ts';
import type { SettledLease, Settlement } from '#store/contract/queue.ts';
import type { Store } from '#store/contract/store.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import type { EventSink } from '#trace/events.ts';
import { inPortions } from './in-portions.ts';
import { outcomeOfTrouble } from './outcome-of-trouble.ts';

/**
 * STORAGE §2: a queue row is deleted in lots every few seconds, only after its account file is synced. With a thousand
 * accounts a lot of a second syncs nearly one file for each message.
 */
export const settleLotMs = 5_000;
/** A lot that nothing was added to for so long does not wait for more: a server at rest soon has an empty queue. */
export const settleQuietMs = 500;
/**
 * Accounts that are asked for a sync together. Each asking stands behind the deliveries that wait for its thread: few at once
 * would take as many of these waits one after the other. The thread sees to it that few files are synced at once.
 */
const syncsAskedAtOnce = 64;
/** A lot this large does not wait for its time. */
const lotSizeMax = 4_096;
/** One queue transaction: some 5 ms, for as long as new mail waits behind it. It shares the sync of the mail that comes meanwhile. */
const settlementsPerCommit = 64;

export interface SettleParts {
  readonly store: Pick<Store, 'messages' | 'queue'>;
  readonly clock: Clock;
  readonly events: EventSink;
  readonly lotMs: number;
}

export interface Committed {
  readonly lease: SettledLease;
  readonly index: number;
  readonly account: AccountId;
}

interface Unsynced extends Committed {
  readonly sinceMs: number;
}

const notInTime: Trouble = { code: 'unavailable', detail: 'its account was not synced in time' };

/** Gathers what was committed, syncs each account once per lot, and only then lets the queue forget. */
export class SettleLots {
  readonly #parts: SettleParts;
  #committed = new Map<AccountId, Unsynced[]>();
  #settlements: Settlement[] = [];
  #size = 0;
  #timer: AbortController | undefined;
  /** The next lot waits for the one under way. */
  #isDue = false;
  #running: Promise<void> = Promise.resolve();

  constructor(parts: SettleParts) {
    this.#parts = parts;
  }

  /** Remembers no more of the lease than settling takes: its message would be held for as long as a lot waits. */
  committed({ lease, index, account }: Committed): void {
    const item = { lease: settled(lease), index, account, sinceMs: this.#parts.clock.monotonic() };
    const known = this.#committed.get(account);
    if (known === undefined) this.#committed.set(account, [item]);
    else known.push(item);
    this.#grew();
  }

  /** An outcome that needs no sync, in the next lot. */
  settleSoon({ lease, ...rest }: Settlement): void {
    this.#settlements.push({ lease: settled(lease), ...rest });
    this.#grew();
  }

  /** Everything so far is synced and settled, or its trouble told, when this resolves. */
  async flush(): Promise<void> {
    this.#timer?.abort();
    this.#timer = undefined;
    this.#begin();
    await this.#running;
  }

  #grew(): void {
    this.#size += 1;
    if (this.#isDue) return;
    if (this.#size >= lotSizeMax) void this.flush();
    else if (this.#timer === undefined) void this.#beginLater();
  }

  async #beginLater(): Promise<void> {
    const { clock, lotMs } = this.#parts;
    const timer = new AbortController();
    this.#timer = timer;
    const endMs = clock.monotonic() + lotMs;
    for (let size = 0, leftMs = lotMs; this.#size > size && leftMs > 0; leftMs = endMs - clock.monotonic()) {
      size = this.#size;
      await clock.sleep(Math.min(settleQuietMs, leftMs), timer.signal);
      if (timer.signal.aborted) return;
    }
    this.#timer = undefined;
    this.#begin();
  }

  /** Lots run one after the other; what comes meanwhile is all in the next, so that a slow disk has fewer syncs and not more. */
  #begin(): void {
    if (this.#isDue || this.#size === 0) return;
    this.#isDue = true;
    this.#running = this.#running
      .then(() => this.#settleLot())
      // A bug of ours must not stop the lots after this one; these leases run out.
      .catch((fault: unknown) => this.#bug(fault));
  }

  async #settleLot(): Promise<void> {
    const [committed, all] = [this.#committed, this.#settlements];
    this.#committed = new Map();
    this.#settlements = [];
    this.#size = 0;
    this.#isDue = false;
    await inPortions([...committed], syncsAskedAtOnce, async ([account, items]) => {
      const synced = await this.#sync(account, items);
      // One by one: while a disk hangs, more gathers for an account than a call takes arguments.
      for (const settlement of synced) all.push(settlement);
    });
    for (let from = 0; from < all.length; from += settlementsPerCommit) {
      const settled = await this.#parts.store.queue.settle(all.slice(from, from + settlementsPerCommit));
      // The leases run out and the ledger answers "already": late, but nothing is lost or doubled.
      if (!settled.ok) this.#tell('queue.settle', settled.error);
    }
  }

  async #sync(account: AccountId, items: readonly Unsynced[]): Promise<readonly Settlement[]> {
    const { store, clock } = this.#parts;
    const askedMs = clock.monotonic();
    const synced = await store.messages.synced(account);
    if (!synced.ok) this.#tell(`sync of account ${account}`, synced.error);
    return items.map(({ lease, index, sinceMs }) => {
      const inTime = askedMs - sinceMs <= syncAskedWithinMs ? undefined : notInTime;
      const trouble = synced.ok ? inTime : synced.error;
      const outcome =
        trouble === undefined ? { kind: 'done' as const } : outcomeOfTrouble(clock, lease, trouble);
      return { lease, recipients: [index], outcome };
    });
  }

  #bug(fault: unknown): void {
    const detail = fault instanceof Error ? (fault.stack ?? fault.message) : String(fault);
    this.#parts.events.emit({ name: 'session-bug', listener: 'local delivery', detail });
  }

  #tell(what: string, trouble: Trouble): void {
    const detail = 'detail' in trouble ? trouble.detail : 'what' in trouble ? trouble.what : '';
    this.#parts.events.emit({ name: 'store-trouble', code: trouble.code, what, detail });
  }
}

function settled({ id, recipients, attempt, entry }: SettledLease): SettledLease {
  return { id, recipients, attempt, entry: { id: entry.id, submitter: entry.submitter } };
}
