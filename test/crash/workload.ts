/*
 * The process that is recorded: a store under many hands at once. Senders fill the queue, the runner delivers, clients
 * change their mailboxes, readers look on, files are closed and opened again, and so is the whole store. Whatever
 * somebody was promised or shown is marked.
 *
 *     node workload.ts DATA MARKS SEED
 */
import { openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '#backends/system/system-clock.ts';
import { systemRandom } from '#backends/system/system-random.ts';
import type { Domain } from '#mail/domain.ts';
import { createFakeRandom } from '#platform/fake-random.ts';
import { noQuota } from '#store/quota.ts';
import { MailClient } from './mail-client.ts';
import { MailReader } from './mail-reader.ts';
import { markWriter } from './mark.ts';
import { sendLetters } from './mail-sender.ts';
import { openKeeper } from './server.ts';
import type { MailKeeper } from './server.ts';
import { must } from './stored.ts';
import { createTrying } from './trying.ts';

const [dir = '', marks = '', seedText = ''] = process.argv.slice(2);
const seed = Number(seedText);
const tell = markWriter(openSync(marks, 'w'));
const trying = createTrying(tell);

const accountsAtFirst = 4;
const rounds = 3;
const senders = 2;
const lettersEach = 20;
const laterMs = 150;
const domain = 'example.test' as Domain;
const clients: MailClient[] = [];
const readers: MailReader[] = [];

/** Every second recording has storage threads, the others everything in one. */
const threads = seed % 2 === 0 ? 1 : 'inline';

function openStore(): Promise<MailKeeper> {
  const events = {
    emit: (event: { readonly name: string }): void => {
      if (event.name === 'session-bug') throw new Error(JSON.stringify(event));
      if (event.name === 'store-trouble') console.error(JSON.stringify(event));
    },
  };
  return openKeeper({ dir, threads, clock: systemClock(), random: systemRandom(), events });
}

async function createAccount({ store }: MailKeeper): Promise<void> {
  const local = `user${String(clients.length)}`;
  const boxes = await trying(
    { kind: 'account' },
    async () => {
      const made = await store.accounts.create({
        address: { local, domain },
        credentials: { argon2id: undefined, scramSha256: undefined, changedAtMs: 0 },
        administers: [],
        quota: noQuota,
        nowMs: Date.now(),
        reservedNameAllowed: false,
      });
      const account = must(made, 'create an account').id;
      return { account, list: must(await store.mailboxes.list(account), 'list mailboxes') };
    },
    ({ account, list }) => ({
      account,
      boxes: list.map(({ id, name, uidValidity }) => ({ id, name, uidValidity })),
    }),
  );
  const random = createFakeRandom(seed * 1_000 + clients.length);
  const client = new MailClient(boxes.account, boxes.list, { random, trying });
  clients.push(client);
  readers.push(new MailReader(client, tell));
}

/** Not at the start of a round: its syncs would make up for those that another file owes. */
async function createAccountLater(keeper: MailKeeper): Promise<void> {
  await sleep(laterMs);
  await createAccount(keeper);
}

async function workRound(keeper: MailKeeper, round: number): Promise<void> {
  const over = new AbortController();
  const others = [
    ...clients.map((client) => client.work(keeper.store, over.signal)),
    ...readers.map((reader) => reader.read(keeper.store, over.signal)),
  ];
  const accounts = clients.map(({ account }) => account);
  const sending = Array.from({ length: senders }, (_, sender) => {
    const random = createFakeRandom(seed * 1_000 + 100 * round + 10 * sender + 500);
    const number = (round * senders + sender) * lettersEach;
    return sendLetters({ keeper, accounts, random, trying, number, letters: lettersEach });
  });
  await Promise.all(sending);
  over.abort();
  await Promise.all(others);
}

for (let round = 0; round < rounds; round += 1) {
  const keeper = await openStore();
  keeper.runner.start();
  if (round === 0) {
    must(await keeper.store.domains.create(domain, Date.now()), 'create the domain');
    for (let n = 0; n < accountsAtFirst; n += 1) await createAccount(keeper);
  }
  await Promise.all([workRound(keeper, round), round === 1 ? createAccountLater(keeper) : undefined]);
  await keeper.close();
}
