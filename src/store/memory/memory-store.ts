import type { Blobs } from '#platform/blobs.ts';
import type { Bus } from '#platform/bus.ts';
import type { Clock } from '#platform/clock.ts';
import { createFakeBlobs } from '#platform/fake-blobs.ts';
import { createFakeBus } from '#platform/fake-bus.ts';
import type { Random } from '#platform/random.ts';
import type { Store } from '../contract/store.ts';
import { createMemoryChanges } from './memory-changes.ts';
import { createMemoryCounters } from './memory-counters.ts';
import { createMemoryDirectory } from './memory-directory.ts';
import { createMemoryMailboxes } from './memory-mailboxes.ts';
import { createMemoryMessages } from './memory-messages.ts';
import { createMemoryQueue } from './memory-queue.ts';
import { createMemorySettings } from './memory-settings.ts';
import { createMemoryTraces } from './memory-traces.ts';

export interface MemoryStoreOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Else bodies in memory, too. */
  readonly blobs?: Blobs;
  readonly bus?: Bus;
}

/** The whole storage contract in memory, simple and obviously right: the model that other backends are held against. */
export function createMemoryStore(options: MemoryStoreOptions): Store {
  const { clock, random } = options;
  const blobs = options.blobs ?? createFakeBlobs({ clock, random });
  const world = { clock, random, blobs, bus: options.bus ?? createFakeBus() };
  const directory = createMemoryDirectory(world);
  return {
    domains: directory.domains,
    accounts: directory.accounts,
    aliases: directory.aliases,
    mailboxes: createMemoryMailboxes(world, directory),
    messages: createMemoryMessages(world, directory),
    queue: createMemoryQueue(world),
    changes: createMemoryChanges(world, directory),
    traces: createMemoryTraces(),
    counters: createMemoryCounters(),
    settings: createMemorySettings(),
    blobs,
    close: async () => undefined,
  };
}
