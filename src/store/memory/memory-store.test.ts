import { createFakeBlobs } from '#platform/fake-blobs.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeRandom } from '#platform/fake-random.ts';
import { mailModelTest, queueModelTest } from '../contract-suite/model-suite.ts';
import type { StoreUnderTest } from '../contract-suite/store-under-test.ts';
import { storeContractSuite } from '../contract-suite.ts';
import { createMemoryStore } from './memory-store.ts';

async function make(): Promise<StoreUnderTest> {
  const clock = createFakeClock();
  const random = createFakeRandom(1);
  const blobs = createFakeBlobs({ clock, random });
  const store = createMemoryStore({ clock, random, blobs });
  return {
    store,
    clock,
    random,
    async loseBodies() {
      for (const id of blobs.ids) await blobs.remove(id);
    },
    dispose: () => store.close(),
  };
}

storeContractSuite('memory', make);
mailModelTest('memory', make);
queueModelTest('memory', make);
