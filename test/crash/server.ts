import { openSqliteStore } from '#backends/sqlite/sqlite-store.ts';
import type { SqliteStore } from '#backends/sqlite/sqlite-store.ts';
import { createLocalDelivery } from '#delivery/local/local-delivery.ts';
import { createQueueRunner } from '#delivery/queue/queue-runner.ts';
import type { QueueRunner } from '#delivery/queue/queue-runner.ts';
import { replayQueue } from '#app/parts/replay-queue.ts';
import type { Clock } from '#platform/clock.ts';
import { createFakeSecrets } from '#platform/fake-secrets.ts';
import type { Random } from '#platform/random.ts';
import type { EventSink } from '#trace/events.ts';
import { must } from './stored.ts';

/** The part of the server that keeps mail: store, local delivery and queue, as the server puts them together. */
export interface MailKeeper {
  readonly store: SqliteStore;
  readonly runner: QueueRunner;
  /** Ends deliveries, settles what is done, closes every file. */
  close(): Promise<void>;
}

export interface KeeperOptions {
  readonly dir: string;
  readonly threads: number | 'inline';
  readonly clock: Clock;
  readonly random: Random;
  readonly events: EventSink;
}

export const owner = 'crash';

/** Short, so that a recording holds many lots. */
const lotMs = 60;
const drainMs = 60_000;

/** Opens the data folder and, as the server does before it lets anybody in, delivers what the queue holds. */
export async function openKeeper({ dir, threads, ...world }: KeeperOptions): Promise<MailKeeper> {
  const secrets = createFakeSecrets(1);
  const store = must(await openSqliteStore({ dir, secrets, threads, ...world }), 'the store does not open');
  const local = createLocalDelivery({ store, ...world, lotMs });
  const runner = createQueueRunner({ queue: store.queue, local, outbound: nowhere, owner, ...world });
  const replayed = await replayQueue({ queue: store.queue, local, world, owner, dispatch: () => undefined });
  must(replayed, 'the queue is not replayed');
  return {
    store,
    runner,
    async close() {
      await runner.stop(drainMs);
      await store.close();
    },
  };
}

/** Nothing of a recording leaves the machine. */
const nowhere = { deliver: async () => undefined, insist: () => undefined, close: async () => undefined };
