import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { Store } from '../contract/store.ts';
import { createMemoryStore } from '../memory/memory-store.ts';
import { MailActor, mailAct } from './model-mail.ts';
import { QueueActor, queueAct } from './model-queue.ts';
import { createAccount } from './store-under-test.ts';
import type { MakeStore, StoreUnderTest } from './store-under-test.ts';

/** Sequences per test; a tenth of what a fuzz target runs, for each is some dozen operations. */
const runs = Math.ceil(Number(process.env['POSTERN_FUZZ_RUNS'] ?? 1000) / 20);

/** Holds a backend against the memory store: the same acts must answer and look the same. */
export function mailModelTest(name: string, make: MakeStore): void {
  test(`${name}: random acts on mail answer as in memory`, () =>
    withModel(make, async (under, model) => {
      let account = 0;
      await property(mailAct, async (acts) => {
        account += 1;
        const actors = [
          new MailActor(model.store, (await createAccount(model, `u${account}`)).id),
          new MailActor(under.store, (await createAccount(under, `u${account}`)).id),
        ] as const;
        for (const act of acts) await compare(actors, act);
      });
    }));
}

export function queueModelTest(name: string, make: MakeStore): void {
  test(`${name}: random acts on the queue answer as in memory`, () =>
    withModel(make, async (under, model) => {
      let salt = 0;
      await property(queueAct, async (acts) => {
        salt += 1;
        const actors = [
          new QueueActor(model.store.queue, salt),
          new QueueActor(under.store.queue, salt),
        ] as const;
        try {
          for (const act of acts) await compare(actors, act);
        } finally {
          for (const actor of actors) await actor.clear();
        }
      });
    }));
}

interface Actor<Act> {
  run(act: Act): Promise<unknown>;
  look(): Promise<unknown>;
}

async function compare<Act>([model, real]: readonly [Actor<Act>, Actor<Act>], act: Act): Promise<void> {
  const said = JSON.stringify(act);
  const expected = await model.run(act);
  assert.deepEqual(await real.run(act), expected, said);
  assert.deepEqual(await real.look(), await model.look(), said);
}

function property<Act>(
  act: fc.Arbitrary<Act>,
  check: (acts: readonly Act[]) => Promise<void>,
): Promise<void> {
  return fc.assert(fc.asyncProperty(fc.array(act, { minLength: 1, maxLength: 25 }), check), {
    numRuns: runs,
  });
}

async function withModel(
  make: MakeStore,
  run: (under: StoreUnderTest, model: StoreUnderTest) => Promise<void>,
): Promise<void> {
  const under = await make();
  const store: Store = createMemoryStore({ clock: under.clock, random: under.random });
  try {
    await run(under, { ...under, store });
  } finally {
    await under.dispose();
  }
}
