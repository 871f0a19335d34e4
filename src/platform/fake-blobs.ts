import { makeId } from '#base/id.ts';
import type { BlobId } from '#base/id.ts';
import { err, ok } from '#base/result.ts';
import type { Blobs, BlobTrouble } from './blobs.ts';
import type { Clock } from './clock.ts';
import { noFailures } from './fake-failures.ts';
import type { FailureSchedule } from './fake-failures.ts';
import type { Random } from './random.ts';

export interface FakeBlobs extends Blobs {
  /** Names that exist now. */
  readonly ids: ReadonlySet<BlobId>;
}

export interface FakeBlobsOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** `blob-commit` and `blob-link` failures are full disks. */
  readonly failures?: FailureSchedule;
}

interface StoredBlob {
  readonly key: Uint8Array;
  readonly bytes: Uint8Array;
}

const frameBytes = 65_536;
const diskFull: BlobTrouble = { code: 'disk-full', detail: 'as scheduled' };

/** Bodies in memory; the key is asked for, though nothing is sealed. */
export function createFakeBlobs({ clock, random, failures = noFailures }: FakeBlobsOptions): FakeBlobs {
  const stored = new Map<BlobId, StoredBlob>();
  const newId = (): BlobId => makeId<BlobId>(clock.now(), random.bytes(10));
  return {
    get ids() {
      return new Set(stored.keys());
    },
    create() {
      const chunks: Uint8Array[] = [];
      return {
        write(bytes) {
          chunks.push(bytes.slice());
        },
        async commit() {
          if (failures.fails('blob-commit')) return err(diskFull);
          const bytes = new Uint8Array(Buffer.concat(chunks));
          const id = newId();
          const key = random.bytes(32);
          stored.set(id, { key, bytes });
          return ok({ id, key, sizeBytes: bytes.length });
        },
        async discard() {
          chunks.length = 0;
        },
      };
    },
    async *open(id, key, range) {
      const blob = stored.get(id);
      if (blob === undefined) {
        yield err({ code: 'not-found', detail: id });
        return;
      }
      if (Buffer.compare(blob.key, key) !== 0) {
        yield err({ code: 'corrupt', file: id, detail: 'the key does not open it' });
        return;
      }
      const end = Math.min(range?.end ?? blob.bytes.length, blob.bytes.length);
      for (let at = Math.max(0, range?.start ?? 0); at < end; at += frameBytes) {
        yield ok(blob.bytes.slice(at, Math.min(at + frameBytes, end)));
      }
    },
    async link(id) {
      const blob = stored.get(id);
      if (blob === undefined) return err({ code: 'not-found', detail: id });
      if (failures.fails('blob-link')) return err(diskFull);
      const linked = newId();
      stored.set(linked, blob);
      return ok(linked);
    },
    async remove(id) {
      stored.delete(id);
    },
  };
}
