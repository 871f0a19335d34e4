import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '#backends/system/temporary-folder.fixture.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeRandom } from '#platform/fake-random.ts';
import { createFakeSecrets } from '#platform/fake-secrets.ts';
import { mailModelTest, queueModelTest } from '#store/contract-suite/model-suite.ts';
import { must } from '#store/contract-suite/store-under-test.ts';
import type { StoreUnderTest } from '#store/contract-suite/store-under-test.ts';
import { storeContractSuite } from '#store/contract-suite.ts';
import { openSqliteStore } from './sqlite-store.ts';

/** A store on a folder of its own, all workers in this thread. */
async function make(): Promise<StoreUnderTest> {
  const dir = await temporaryFolder('store');
  const clock = createFakeClock();
  const random = createFakeRandom(1);
  const secrets = createFakeSecrets(1);
  const store = must(await openSqliteStore({ dir, secrets, clock, random, threads: 'inline' }));
  return {
    store,
    clock,
    random,
    loseBodies: () => rm(join(dir, 'bodies'), { recursive: true }),
    async dispose() {
      await store.close();
      await rm(dir, { recursive: true });
    },
  };
}

storeContractSuite('sqlite', make);
mailModelTest('sqlite', make);
queueModelTest('sqlite', make);
