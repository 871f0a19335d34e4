import type { AccountId } from '#base/id.ts';
import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { MessageBody } from '#store/contract/messages.ts';
import type { QueueAttempt, QueueEntry } from '#store/contract/queue.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { decodeSummary, encodeSummary } from '#store/summary-text.ts';
import type { RecordSealer } from '#store/sealing/record-sealer.ts';
import type { Keys } from './keys.ts';
import type { SealedEntry } from './queue-rows.ts';

/** An opened entry and the way to open its recipients' last attempts. */
export interface OpenedEntry {
  readonly entry: QueueEntry;
  readonly attempt: (place: string | undefined, sealed: Uint8Array | undefined) => QueueAttempt | undefined;
}

/** Entries under the queue's key; what an account submitted, under that account's (STORAGE §4). */
export interface QueueSealing {
  seal(entry: QueueEntry): Result<SealedEntry, Trouble>;
  /** Without a body if the sealed entry comes without one. `erased`: its account's key is destroyed. */
  open(sealed: SealedEntry): Result<OpenedEntry, 'erased' | 'damaged'>;
  /** One sealed attempt serves all recipients that a lease settles; its place is the lease's id. */
  sealAttempt(entry: QueueEntry, lease: string, attempt: QueueAttempt): Result<Uint8Array, Trouble>;
}

/** How a body stands in the sealed record: its bytes are sealed apart, a blob's key is not. */
type StoredBody =
  | { readonly kind: 'bytes' }
  | { readonly kind: 'blob'; readonly key: string; readonly sizeBytes: number };

/** The summary as its text, which costs a third of the tree. */
type StoredEntry = Omit<QueueEntry, 'id' | 'body' | 'submitter' | 'summary'> & {
  readonly body: StoredBody;
  readonly summary: string;
};

export function queueSealing(keys: Keys): QueueSealing {
  const ofServer = keys.serverSealer('queue');

  function sealerOf(owner: AccountId | undefined): Result<RecordSealer, Trouble> {
    return owner === undefined ? ok(ofServer) : keys.accountSealer(owner, 'queue');
  }

  function openWith(sealer: RecordSealer, sealed: SealedEntry): Result<OpenedEntry, 'damaged'> {
    const { id, owner } = sealed;
    const meta = sealer.openJson({ table: 'entry', column: 'meta', record: id }, sealed.meta);
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
    seal(entry) {
      const sealer = sealerOf(entry.submitter);
      if (!sealer.ok) return sealer;
      const { id, body, submitter, summary, ...rest } = entry;
      const stored: StoredEntry = { ...rest, body: storedBody(body), summary: encodeSummary(summary) };
      return ok({
        id,
        owner: submitter,
        blob: body.kind === 'blob' ? body.id : undefined,
        meta: sealer.value.sealJson({ table: 'entry', column: 'meta', record: id }, stored),
        body:
          body.kind === 'bytes'
            ? sealer.value.seal({ table: 'entry', column: 'body', record: id }, body.bytes)
            : undefined,
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
  const bytes = sealer.open({ table: 'entry', column: 'body', record: sealed.id }, sealed.body);
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
