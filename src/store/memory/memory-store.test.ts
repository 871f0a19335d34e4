import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeRandom } from '#platform/fake-random.ts';
import { storeContractSuite } from '../contract-suite.ts';
import { createMemoryStore } from './memory-store.ts';

storeContractSuite('memory', async () => {
  const clock = createFakeClock();
  const random = createFakeRandom(1);
  const store = createMemoryStore({ clock, random });
  return { store, clock, random, dispose: () => store.close() };
});
