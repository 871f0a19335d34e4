import { statfs } from 'node:fs/promises';
import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Clock } from '#platform/clock.ts';
import type { Trouble } from '#store/contract/trouble.ts';

/** Refuses new mail while so little disk is left that deletions and checkpoints would no longer fit (STORAGE §2). */
export interface DiskReserve {
  check(): Promise<Result<void, Trouble>>;
}

/** Kept free by default. */
export const diskReserveBytes = 128 * 1_048_576;

/** The answer of the file system is good for so long. */
const rememberedMs = 1_000;

export interface DiskReserveOptions {
  readonly folder: string;
  readonly clock: Clock;
  readonly reserveBytes?: number;
  /** Told once each time the reserve is reached. */
  readonly onFull?: ((detail: string) => void) | undefined;
}

export function diskReserve({
  folder,
  clock,
  reserveBytes = diskReserveBytes,
  onFull,
}: DiskReserveOptions): DiskReserve {
  let full = false;
  let askedAtMs = Number.NEGATIVE_INFINITY;
  let answer: Promise<Result<void, Trouble>> = Promise.resolve(ok(undefined));

  async function ask(): Promise<Result<void, Trouble>> {
    try {
      const { bavail, bsize } = await statfs(folder);
      const free = bavail * bsize;
      const wasFull = full;
      full = free < reserveBytes;
      if (!full) return ok(undefined);
      const detail = `${folder}: ${free} bytes free, ${reserveBytes} are kept for deletions; make room, then mail is taken again`;
      if (!wasFull) onFull?.(detail);
      return err({ code: 'disk-full', detail });
    } catch {
      // What cannot be asked is no reason to refuse: a full disk shows itself at the write.
      return ok(undefined);
    }
  }

  return {
    check() {
      const nowMs = clock.monotonic();
      if (nowMs - askedAtMs >= rememberedMs) {
        askedAtMs = nowMs;
        answer = ask();
      }
      return answer;
    },
  };
}

/** For stores in memory. */
export const noDiskReserve: DiskReserve = { check: async () => ok(undefined) };
