import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { makeId } from '#base/id.ts';
import type { AccountId, MailboxId, QueueId, TraceId } from '#base/id.ts';
import { openSqliteStore } from '#backends/sqlite/sqlite-store.ts';
import type { SqliteStore } from '#backends/sqlite/sqlite-store.ts';
import type { Domain } from '#mail/domain.ts';
import { createFakeBlobs } from '#platform/fake-blobs.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import type { FakeClock } from '#platform/fake-clock.ts';
import { createFakeRandom } from '#platform/fake-random.ts';
import { createFakeSecrets } from '#platform/fake-secrets.ts';
import type { Random } from '#platform/random.ts';
import { sampleMessage } from '#store/contract-suite/sample-message.ts';
import { address, must, noCredentials } from '#store/contract-suite/store-under-test.ts';
import type { Lease, QueueEntry, QueueRecipient } from '#store/contract/queue.ts';
import type { Event } from '#trace/events.ts';
import { createCrashingFiles } from './crashing-files.ts';
import type { CrashingFiles } from './crashing-files.ts';

export interface SimulationOptions {
  readonly seed: number;
  /** The control: must end in a lost or doubled message for some seeds. */
  readonly syncsAreLies?: boolean;
}

const accountsCount = 3;
const livesCount = 5;
/** Turns of the loop before a life ends in a crash, at most. */
const turnsMax = 60;
const home = 'example.test' as Domain;

/** What was promised to the outside, across all lives. */
interface Promises {
  /** Subjects by account: accepted into the queue or appended, and said so. */
  readonly accepted: Map<AccountId, Set<string>>;
  /** Expunges that were begun; done or not, nobody may complain that these are gone. */
  readonly expunging: Set<string>;
  /** Expunges that were said to be done: these must not come back. */
  readonly expunged: Set<string>;
  /** Which subject a UID named when somebody saw it. */
  readonly seen: Map<string, string>;
}

/** One life of the server, from a start to its crash. */
interface Life {
  readonly store: SqliteStore;
  readonly clock: FakeClock;
  readonly random: Random;
  readonly accounts: readonly { readonly id: AccountId; readonly inbox: MailboxId }[];
  readonly promises: Promises;
  /** False from the crash on: whatever still runs promises nothing any more. */
  alive: boolean;
}

/**
 * A store with senders, deliveries and readers at work, crashed again and again. In the end nothing accepted is lost,
 * nothing is there twice, nothing expunged came back, and no UID has ever named two messages.
 */
export async function simulateStore({ seed, syncsAreLies = false }: SimulationOptions): Promise<void> {
  const random = createFakeRandom(seed);
  const promises: Promises = {
    accepted: new Map(),
    expunging: new Set(),
    expunged: new Set(),
    seen: new Map(),
  };
  let files = createCrashingFiles({ random, syncsAreLies });
  await createAccounts(files, random);
  for (let number = 0; number < livesCount; number += 1) {
    const life = await begin(files, random, { promises, number });
    let failure: unknown;
    void work(life).catch((error: unknown) => {
      failure = error;
    });
    for (let turns = random.integer(turnsMax); turns > 0; turns -= 1) await nextTurn();
    life.alive = false;
    if (failure !== undefined) throw failure;
    files = files.crash();
  }
  const last = await begin(files, random, { promises, number: livesCount });
  await replay(last);
  await look(last);
  await judge(last);
  last.alive = false;
  await last.store.close();
}

async function open(files: CrashingFiles, random: Random, clock: FakeClock): Promise<SqliteStore> {
  const blobs = createFakeBlobs({ clock, random });
  const options = {
    dir: '/nowhere',
    secrets: createFakeSecrets(1),
    clock,
    random,
    threads: 'inline' as const,
    events: { emit: neverMiscounted },
  };
  return must(await openSqliteStore({ ...options, memory: { files, blobs } }));
}

/** The store mends a wrong count by itself; here it is a bug. */
function neverMiscounted(event: Event): void {
  if (event.name === 'mailbox-recounted') throw new Error(`${event.mailbox} was miscounted`);
}

async function createAccounts(files: CrashingFiles, random: Random): Promise<void> {
  const clock = createFakeClock();
  const store = await open(files, random, clock);
  must(await store.domains.create(home, clock.now()));
  for (let n = 0; n < accountsCount; n += 1) {
    must(
      await store.accounts.create({
        address: address(`u${n}`),
        credentials: noCredentials,
        administers: [],
        quota: { bytes: undefined, messages: undefined },
        nowMs: clock.now(),
        reservedNameAllowed: false,
      }),
    );
  }
  await store.close();
}

async function begin(
  files: CrashingFiles,
  random: Random,
  { promises, number }: { readonly promises: Promises; readonly number: number },
): Promise<Life> {
  const clock = createFakeClock();
  clock.jump((number + 1) * 1_000_000);
  const store = await open(files, random, clock);
  const accounts = [];
  for (const { id } of must(await store.accounts.list(undefined, 256)).items) {
    const inbox = must(await store.mailboxes.list(id)).find(({ name }) => name === 'INBOX');
    assert.ok(inbox);
    accounts.push({ id, inbox: inbox.id });
  }
  const life: Life = { store, clock, random, accounts, promises, alive: true };
  return life;
}

/** Replays first, as a start does; then everybody at once until the crash. */
async function work(life: Life): Promise<void> {
  await whileAlive(life, () => replay(life));
  const trades = [send, send, append, readAndExpunge];
  await Promise.all(
    trades.map(async (trade) => {
      while (life.alive) await whileAlive(life, () => trade(life));
    }),
  );
}

/** After the crash the old life's files are ghosts; what goes wrong there is nobody's business. */
async function whileAlive(life: Life, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (life.alive) throw error;
  }
  await nextTurn();
}

async function send(life: Life): Promise<void> {
  const { store, clock } = life;
  const entry = newEntry(life);
  const added = await store.queue.add(entry, { owner: 'me', untilMs: clock.now() + 1e6 });
  if (!life.alive) return;
  for (const { route } of entry.recipients) if (route.kind === 'local') accept(life, route.account, entry.id);
  for (const lease of must(added)) await deliver(life, lease);
}

async function deliver(life: Life, lease: Lease): Promise<void> {
  const { store } = life;
  for (const n of lease.recipients) {
    const recipient = lease.entry.recipients[n];
    if (recipient?.route.kind !== 'local') continue;
    const { account } = recipient.route;
    const message = sampleMessage({ subject: lease.entry.id });
    const key = { queueId: lease.entry.id, recipient: `${recipient.address.local}@${home}` };
    must(await store.messages.deliver(account, message, { into: [{ mailbox: 'INBOX', flags: [] }] }, key));
  }
  await look(life);
  for (const { id } of life.accounts) must(await store.messages.synced(id));
  must(await store.queue.settle([{ lease, recipients: lease.recipients, outcome: { kind: 'done' } }]));
}

async function append(life: Life): Promise<void> {
  const { id, inbox } = anyAccount(life);
  const subject = makeId<QueueId>(life.clock.now(), life.random.bytes(10));
  must(await life.store.messages.append(id, inbox, [sampleMessage({ subject })]));
  if (life.alive) accept(life, id, subject);
}

async function readAndExpunge(life: Life): Promise<void> {
  await look(life);
  const { id, inbox } = anyAccount(life);
  const { uids } = must(await life.store.messages.select(id, inbox));
  const uid = uids[life.random.integer(Math.max(1, uids.length))];
  const [row] =
    uid === undefined ? [] : must(await life.store.messages.read(id, inbox, [uid], new Set(['summary']), 1));
  const subject = row?.summary?.envelope.subject;
  if (!life.alive || uid === undefined || subject === undefined) return;
  life.promises.expunging.add(`${id} ${subject}`);
  must(await life.store.messages.expunge(id, inbox, [uid], false));
  if (life.alive) life.promises.expunged.add(`${id} ${subject}`);
}

/** Delivers what the queue holds, in its order. */
async function replay(life: Life): Promise<void> {
  const { store, clock } = life;
  for (;;) {
    const leases = must(await store.queue.lease(clock.now(), 8, 'me', clock.now() + 1e6));
    if (leases.length === 0) return;
    for (const lease of leases) await deliver(life, lease);
  }
}

/** Sees every inbox as a client would, and remembers which UID named what. */
async function look(life: Life): Promise<void> {
  for (const { id, inbox } of life.accounts) {
    for (const [uid, subject] of await contents(life, id, inbox)) {
      if (!life.alive) return;
      const known = life.promises.seen.get(uid);
      assert.ok(known === undefined || known === subject, `UID ${uid} named ${known}, now ${subject}`);
      life.promises.seen.set(uid, subject);
    }
  }
}

async function contents(
  { store }: Life,
  id: AccountId,
  inbox: MailboxId,
): Promise<readonly (readonly [string, string])[]> {
  const { uids, uidValidity } = must(await store.messages.select(id, inbox));
  const rows: (readonly [string, string])[] = [];
  for (let at = 0; at < uids.length; at += 256) {
    const page = must(
      await store.messages.read(id, inbox, [...uids.subarray(at, at + 256)], new Set(['summary']), 256),
    );
    rows.push(
      ...page.map(
        ({ uid, summary }) => [`${id} ${uidValidity} ${uid}`, summary?.envelope.subject ?? ''] as const,
      ),
    );
  }
  return rows;
}

async function judge(life: Life): Promise<void> {
  const { accepted, expunging, expunged } = life.promises;
  for (const { id, inbox } of life.accounts) {
    const subjects = (await contents(life, id, inbox)).map(([, subject]) => subject);
    const present = new Set(subjects);
    assert.equal(present.size, subjects.length, 'a message is there twice');
    for (const subject of accepted.get(id) ?? []) {
      assert.ok(
        present.has(subject) || expunging.has(`${id} ${subject}`),
        `${subject} was accepted and is lost`,
      );
    }
    for (const subject of present) assert.ok(!expunged.has(`${id} ${subject}`), `${subject} came back`);
  }
}

function accept({ promises }: Life, account: AccountId, subject: string): void {
  const subjects = promises.accepted.get(account) ?? new Set();
  promises.accepted.set(account, subjects.add(subject));
}

function anyAccount({ accounts, random }: Life): Life['accounts'][number] {
  const account = accounts[random.integer(accounts.length)];
  assert.ok(account);
  return account;
}

function newEntry({ accounts, clock, random }: Life): QueueEntry {
  const id = makeId<QueueId>(clock.now(), random.bytes(10));
  const { body, summary } = sampleMessage({ subject: id });
  const to = accounts.slice(0, 1 + random.integer(accounts.length));
  const recipients = to.map(({ id: account }, n): QueueRecipient => {
    const local = address(`u${n}`);
    return { address: local, original: local, route: { kind: 'local', account, detail: undefined } };
  });
  return {
    id,
    traceId: makeId<TraceId>(clock.now(), random.bytes(10)),
    receivedAtMs: clock.now(),
    from: undefined,
    recipients,
    body,
    summary,
    bodyType: '7bit',
    smtpUtf8: false,
    submitter: undefined,
    origin: 'inbound',
    expiresAtMs: clock.now() + 1e9,
  };
}
