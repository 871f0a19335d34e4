import type { AccountId, QueueId } from '#base/id.ts';
import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { MessageBody } from '#store/contract/messages.ts';
import type { QueueAttempt, QueueEntry, SettledLease } from '#store/contract/queue.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { decodeSummary, encodeSummary } from '#store/summary-text.ts';
import type { LentKey } from '#store/sealing/lent-key.ts';
import type { CellPlace, KeySealing } from '#store/sealing/sealed-record.ts';
import type { RecordSealer } from '#store/sealing/record-sealer.ts';
import { ownBytes } from './account-content.ts';
import type { Keys } from './keys.ts';
import type { SealedEntry } from './queue-rows.ts';

/** An opened entry and the way to open its recipients' last attempts. */
export interface OpenedEntry {
  readonly entry: QueueEntry;
  readonly attempt: (place: string | undefined, sealed: Uint8Array | undefined) => QueueAttempt | undefined;
}

/** Entries under the queue's key; what an account submitted, under that account's (STORAGE §4). */
export interface QueueSealing {
  /** What the queue's thread seals, with the key for it. */
  toSeal(entry: QueueEntry): Result<EntryToSeal, Trouble>;
  /** Without a body if the sealed entry comes without one. `erased`: its account's key is destroyed. */
  open(sealed: SealedEntry): Result<OpenedEntry, 'erased' | 'damaged'>;
  /** One sealed attempt serves all recipients that a lease settles; its place is the lease's id. */
  sealAttempt(
    entry: SettledLease['entry'],
    lease: string,
    attempt: QueueAttempt,
  ): Result<Uint8Array, Trouble>;
}

/** An entry on its way to the queue's thread, which seals it: that work is off the way of other connections. */
export interface EntryToSeal extends Pick<SealedEntry, 'id' | 'owner' | 'blob'> {
  readonly key: LentKey;
  /** JSON */
  readonly meta: string;
  readonly body: Uint8Array | undefined;
}

export function sealEntry(
  sealing: Pick<KeySealing, 'seal'>,
  { id, owner, blob, meta, body }: EntryToSeal,
): SealedEntry {
  return {
    id,
    owner,
    blob,
    meta: sealing.seal(entryPlace('meta', id), Buffer.from(meta)),
    body: body && sealing.seal(entryPlace('body', id), body),
  };
}

const entryPlace = (column: 'meta' | 'body', record: QueueId): CellPlace => ({
  table: 'entry',
  column,
  record,
});

/** How a body stands in the sealed record: its bytes are sealed apart, a blob's key is not. */
type StoredBody =
  | { readonly kind: 'bytes' }
  | { readonly kind: 'blob'; readonly key: string; readonly sizeBytes: number };

/** The summary as its text, which costs a third of the tree. */
type StoredEntry = Omit<QueueEntry, 'id' | 'body' | 'submitter' | 'summary'> & {
  readonly body: StoredBody;
  readonly summary: string;
};

/** Each field of an entry by its name: none is forgotten, and copying the rest of an object costs more than writing it. */
type StoredFields = { readonly [Name in keyof Required<StoredEntry>]: StoredEntry[Name] };

export function queueSealing(keys: Keys): QueueSealing {
  const ofServer = keys.serverSealer('queue');

  function sealerOf(owner: AccountId | undefined): Result<RecordSealer, Trouble> {
    return owner === undefined ? ok(ofServer) : keys.accountSealer(owner, 'queue');
  }

  function openWith(sealer: RecordSealer, sealed: SealedEntry): Result<OpenedEntry, 'damaged'> {
    const { id, owner } = sealed;
    const meta = sealer.openJson(entryPlace('meta', id), sealed.meta);
    if (!meta.ok) return err('damaged');
    const { body: stored, summary: text, ...rest } = meta.value as StoredEntry;
    const body = openBody(sealer, sealed, stored);
    if (body === undefined) return err('damaged');
    const summary = decodeSummary(text);
    return ok({
      entry: { ...rest, id, submitter: owner as AccountId | undefined, body, summary },
      attempt: (place, last) => openAttempt(sealer, `${id} ${place}`, last),
    });
  }

  return {
    toSeal(entry) {
      const { id, body, submitter, summary } = entry;
      const key = keys.lend('queue', submitter);
      if (!key.ok) return key;
      const stored: StoredFields = {
        traceId: entry.traceId,
        receivedAtMs: entry.receivedAtMs,
        from: entry.from,
        recipients: entry.recipients,
        bodyType: entry.bodyType,
        smtpUtf8: entry.smtpUtf8,
        origin: entry.origin,
        expiresAtMs: entry.expiresAtMs,
        judged: entry.judged,
        body: storedBody(body),
        summary: encodeSummary(summary),
      };
      return ok({
        id,
        owner: submitter,
        blob: body.kind === 'blob' ? body.id : undefined,
        key: key.value,
        meta: JSON.stringify(stored),
        body: body.kind === 'bytes' ? ownBytes(body.bytes) : undefined,
      });
    },
    open(sealed) {
      const sealer = sealerOf(sealed.owner as AccountId | undefined);
      if (sealer.ok) return openWith(sealer.value, sealed);
      const erased = sealed.owner !== undefined && keys.isErased(sealed.owner as AccountId);
      return err(erased ? 'erased' : 'damaged');
    },
    sealAttempt(entry, lease, attempt) {
      const sealer = sealerOf(entry.submitter);
      if (!sealer.ok) return sealer;
      const place = { table: 'recipient', column: 'last', record: `${entry.id} ${lease}` };
      return ok(sealer.value.sealJson(place, attempt));
    },
  };
}

function storedBody(body: MessageBody): StoredBody {
  if (body.kind === 'bytes') return { kind: 'bytes' };
  return { kind: 'blob', key: Buffer.from(body.key).toString('base64'), sizeBytes: body.sizeBytes };
}

function openBody(sealer: RecordSealer, sealed: SealedEntry, stored: StoredBody): MessageBody | undefined {
  if (stored.kind === 'blob') {
    if (sealed.blob === undefined) return undefined;
    const key = new Uint8Array(Buffer.from(stored.key, 'base64'));
    return { kind: 'blob', id: sealed.blob, key, sizeBytes: stored.sizeBytes };
  }
  if (sealed.body === undefined) return { kind: 'bytes', bytes: new Uint8Array() };
  const bytes = sealer.open(entryPlace('body', sealed.id), sealed.body);
  return bytes.ok ? { kind: 'bytes', bytes: bytes.value } : undefined;
}

function openAttempt(
  sealer: RecordSealer,
  record: string,
  sealed: Uint8Array | undefined,
): QueueAttempt | undefined {
  if (sealed === undefined) return undefined;
  const opened = sealer.openJson({ table: 'recipient', column: 'last', record }, sealed);
  return opened.ok ? (opened.value as QueueAttempt) : undefined;
}
