import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeRandom } from '#platform/fake-random.ts';
import { createFakeSecrets } from '#platform/fake-secrets.ts';
import { queueModelTest } from '#store/contract-suite/model-suite.ts';
import { queueTests } from '#store/contract-suite/queue-tests.ts';
import { recordTests } from '#store/contract-suite/record-tests.ts';
import { must, storeTests } from '#store/contract-suite/store-under-test.ts';
import type { StoreUnderTest } from '#store/contract-suite/store-under-test.ts';
import { createMemoryStore } from '#store/memory/memory-store.ts';
import { diskFiles } from './files.ts';
import { openSqliteParts } from './sqlite-parts.ts';

async function make(): Promise<StoreUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), 'postern-parts-'));
  const clock = createFakeClock();
  const random = createFakeRandom(1);
  const memory = createMemoryStore({ clock, random });
  const options = {
    folder,
    files: diskFiles(folder),
    secrets: createFakeSecrets(1),
    clock,
    random,
    blobs: memory.blobs,
    threads: 'inline' as const,
  };
  const parts = must(await openSqliteParts(options));
  const { keys, queue, traces, counters, settings } = parts;
  const accounts = {
    ...memory.accounts,
    async create(account: Parameters<typeof memory.accounts.create>[0]) {
      const made = await memory.accounts.create(account);
      if (made.ok) must(keys.createAccount(made.value.id));
      return made;
    },
  };
  return {
    store: { ...memory, accounts, queue, traces, counters, settings },
    clock,
    random,
    async dispose() {
      await parts.close();
      await rm(folder, { recursive: true });
    },
  };
}

queueModelTest('sqlite parts', make);

const test = storeTests('sqlite parts', make);
queueTests(test);
recordTests(test);
