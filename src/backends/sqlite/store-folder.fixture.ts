import { rm } from 'node:fs/promises';
import { temporaryFolder } from '#backends/system/temporary-folder.fixture.ts';
import { systemClock } from '#backends/system/system-clock.ts';
import { systemRandom } from '#backends/system/system-random.ts';
import { must } from '#store/contract-suite/store-under-test.ts';
import type { StoreUnderTest } from '#store/contract-suite/store-under-test.ts';
import { masterSecrets } from '#store/sealing/master-secrets.ts';
import { keyBytes } from '#store/sealing/purpose-key.ts';
import type { Event } from '#trace/events.ts';
import { openSqliteStore } from './sqlite-store.ts';
import type { SqliteStore } from './sqlite-store.ts';

export const clock = systemClock();
export const random = systemRandom();
export const secrets = masterSecrets(random.bytes(keyBytes), random);

export type Opened = StoreUnderTest & { readonly store: SqliteStore; readonly events: readonly Event[] };

/** One data folder, opened as often as the test likes; what is open at the end is closed. */
export async function inFolder(
  run: (open: () => Promise<Opened>, dir: string) => Promise<void>,
): Promise<void> {
  const dir = await temporaryFolder('restart');
  const opened = new Set<SqliteStore>();
  const open = async (): Promise<Opened> => {
    const events: Event[] = [];
    const sink = { emit: (event: Event) => void events.push(event) };
    const store = must(
      await openSqliteStore({ dir, secrets, clock, random, threads: 'inline', events: sink }),
    );
    opened.add(store);
    const dispose = async (): Promise<void> => {
      if (opened.delete(store)) await store.close();
    };
    return { store, clock: clock as never, random, events, dispose };
  };
  try {
    await run(open, dir);
  } finally {
    for (const store of opened) await store.close();
    await rm(dir, { recursive: true });
  }
}
