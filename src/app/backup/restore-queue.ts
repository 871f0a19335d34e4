import type { AccountId, BlobId, QueueId } from '#base/id.ts';
import type { Result } from '#base/result.ts';
import { err, ok } from '#base/result.ts';
import type { Blobs } from '#platform/blobs.ts';
import type { Lease, QueueEntry, QueueRecipient } from '#store/contract/queue.ts';
import type { Store } from '#store/contract/store.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { troubleOfBlob } from '#store/trouble.ts';
import { copyBody } from './copy-body.ts';

export interface QueueTask {
  readonly from: Store;
  readonly to: Store;
  readonly nowMs: number;
  readonly madeAtMs: number;
  /** Accounts whose file was begun anew: its ledger knows nothing of what came before. */
  readonly replaced: readonly string[];
  readonly dryRun: boolean;
}

/** A ledger tells at least so long what its account has had (`account-tending.ts`). */
const ledgerTrustedMs = 150 * 86_400_000;

/**
 * Brings back what waited when the backup was made and is not in the queue now. What goes elsewhere may have been sent
 * since and is held: a person decides (S-13). What goes to our own accounts goes on, for their ledgers know what they have
 * had. What belongs to an erased account stays away. Returns how many messages are held.
 */
export async function restoreQueue(task: QueueTask): Promise<Result<number, Trouble>> {
  const waited = await takeAll(task);
  if (!waited.ok) return waited;
  let held = 0;
  for (const entry of waited.value) {
    const known = await task.to.queue.get(entry.id);
    if (known.ok) continue;
    const kept = await withoutErased(task.to, entry);
    if (!kept.ok) return kept;
    if (kept.value === undefined) continue;
    const isHeld = heldIn(task);
    const added = task.dryRun ? ok(undefined) : await add(task, kept.value, isHeld);
    if (!added.ok) return added;
    if (kept.value.recipients.some(isHeld)) held += 1;
  }
  return ok(held);
}

function heldIn({ nowMs, madeAtMs, replaced }: QueueTask): (recipient: QueueRecipient) => boolean {
  const isOld = nowMs - madeAtMs > ledgerTrustedMs;
  return ({ route }) => route.kind === 'remote' || isOld || replaced.includes(route.account);
}

/** The staged copy of the queue is ours alone: all of it is made due and leased. */
async function takeAll({ from, nowMs }: QueueTask): Promise<Result<readonly QueueEntry[], Trouble>> {
  let cursor: string | undefined;
  do {
    const page = await from.queue.list({}, cursor, 256);
    if (!page.ok) return page;
    for (const { id } of page.value.items) {
      const due = await from.queue.change(id, { action: 'retry', nowMs });
      if (!due.ok) return due;
    }
    cursor = page.value.next;
  } while (cursor !== undefined);
  const leases: Lease[] = [];
  for (;;) {
    const some = await from.queue.lease(nowMs, 256, 'restore', nowMs + 86_400_000);
    if (!some.ok) return some;
    if (some.value.length === 0) return ok(entriesOf(leases));
    leases.push(...some.value);
  }
}

/** With the recipients that were still waiting. */
function entriesOf(leases: readonly Lease[]): readonly QueueEntry[] {
  const byId = Map.groupBy(leases, ({ entry }): QueueId => entry.id);
  return [...byId.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const waiting = new Set(group.flatMap(({ recipients }) => recipients));
    return [{ ...first.entry, recipients: first.entry.recipients.filter((_, n) => waiting.has(n)) }];
  });
}

async function withoutErased(to: Store, entry: QueueEntry): Promise<Result<QueueEntry | undefined, Trouble>> {
  const isHere = async (id: AccountId): Promise<boolean> => (await to.accounts.get(id)).ok;
  if (entry.submitter !== undefined && !(await isHere(entry.submitter))) return ok(undefined);
  const here = await Promise.all(
    entry.recipients.map(async ({ route }) => route.kind === 'remote' || (await isHere(route.account))),
  );
  const recipients = entry.recipients.filter((_, n) => here[n] === true);
  return ok(recipients.length === 0 ? undefined : { ...entry, recipients });
}

async function add(
  { from, to }: QueueTask,
  entry: QueueEntry,
  isHeld: (recipient: QueueRecipient) => boolean,
): Promise<Result<void, Trouble>> {
  if (entry.body.kind === 'bytes') return await to.queue.addRestored(entry, isHeld);
  const body = await copyBody(to.blobs, framesOf(from.blobs, entry.body));
  if (!body.ok) return body;
  const added = await to.queue.addRestored({ ...entry, body: body.value }, isHeld);
  if (body.value.kind === 'blob') await to.blobs.remove(body.value.id);
  return added;
}

async function* framesOf(
  blobs: Blobs,
  { id, key }: { readonly id: BlobId; readonly key: Uint8Array },
): AsyncIterable<Result<Uint8Array, Trouble>> {
  for await (const frame of blobs.open(id, key)) yield frame.ok ? frame : err(troubleOfBlob(frame.error));
}

/** What waits for these accounts need not wait until its next attempt. */
export async function retryFor(
  to: Store,
  accounts: readonly string[],
  nowMs: number,
): Promise<Result<void, Trouble>> {
  let cursor: string | undefined;
  do {
    const page = await to.queue.list({ state: 'waiting' }, cursor, 256);
    if (!page.ok) return page;
    for (const { id, recipients } of page.value.items) {
      const concerned = recipients.some(
        ({ route, state }) =>
          state === 'waiting' && route.kind === 'local' && accounts.includes(route.account),
      );
      const isWhole = recipients.every(({ state }) => state !== 'held');
      if (concerned && isWhole) await to.queue.change(id, { action: 'retry', nowMs });
    }
    cursor = page.value.next;
  } while (cursor !== undefined);
  return ok(undefined);
}
