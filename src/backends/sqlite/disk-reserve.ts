import { statfs } from 'node:fs/promises';
import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Clock } from '#platform/clock.ts';
import type { Trouble } from '#store/contract/trouble.ts';

/** Free space below which new mail waits, so that deletions and checkpoints still fit (STORAGE §2). */
export const diskReserveBytes = 64 * 1024 * 1024;
/** How long an answer is believed. */
const freshMs = 1000;

/** Asks how much of the disk is free, at most once a second. */
export function createDiskReserve(folder: string, clock: Clock): () => Promise<Result<void, Trouble>> {
  let askedAt = Number.NEGATIVE_INFINITY;
  let answer: Promise<Result<void, Trouble>> = Promise.resolve(ok(undefined));
  return () => {
    if (clock.monotonic() - askedAt < freshMs) return answer;
    askedAt = clock.monotonic();
    answer = ask(folder);
    return answer;
  };
}

/** Where the disk does not tell, nothing is refused: its own errors will. */
async function ask(folder: string): Promise<Result<void, Trouble>> {
  const free = await statfs(folder).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => Number.POSITIVE_INFINITY,
  );
  if (free >= diskReserveBytes) return ok(undefined);
  const mebibytes = Math.floor(free / 1_048_576);
  return err({
    code: 'disk-full',
    detail: `${folder}: ${mebibytes} MiB free, less than the reserve; new mail waits`,
  });
}
