import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { networkSet } from '#base/client-address.ts';
import { makeId } from '#base/id.ts';
import type { AccountId, QueueId, TraceId } from '#base/id.ts';
import { err } from '#base/result.ts';
import type { SqliteStore } from '#backends/sqlite/sqlite-store.ts';
import { openSqliteStore } from '#backends/sqlite/sqlite-store.ts';
import { createLocalDelivery } from '#delivery/local/local-delivery.ts';
import { expiryMs } from '#delivery/outbound/back-off.ts';
import { createOutbound } from '#delivery/outbound/create-outbound.ts';
import { createQueueRunner } from '#delivery/queue/queue-runner.ts';
import type { QueueRunner } from '#delivery/queue/queue-runner.ts';
import type { Address } from '#mail/address.ts';
import type { Domain } from '#mail/domain.ts';
import type { BlobTrouble, Blobs } from '#platform/blobs.ts';
import { createFakeBlobs } from '#platform/fake-blobs.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import type { FakeClock } from '#platform/fake-clock.ts';
import { createFailureSchedule } from '#platform/fake-failures.ts';
import type { FailureSchedule } from '#platform/fake-failures.ts';
import { createFakeRandom } from '#platform/fake-random.ts';
import { createFakeResolver } from '#platform/fake-resolver.ts';
import { createFakeSecrets } from '#platform/fake-secrets.ts';
import type { Random } from '#platform/random.ts';
import { createSmtpTransport } from '#protocols/smtp/client/smtp-transport.ts';
import { traceRecord } from '#store/contract-suite/record-tests.ts';
import { sampleSummary, sampleText } from '#store/contract-suite/sample-message.ts';
import { address, collect, must, noCredentials } from '#store/contract-suite/store-under-test.ts';
import type { MessageBody } from '#store/contract/messages.ts';
import type {
  SettledLease,
  Queue,
  QueueEntry,
  QueueItem,
  QueueRecipient,
  Settlement,
} from '#store/contract/queue.ts';
import type { Event, EventSink } from '#trace/events.ts';
import { createCrashingFiles } from './crashing-files.ts';
import type { CrashingFiles } from './crashing-files.ts';
import { farAddress, farServers } from './far-servers.ts';
import type { Arrivals } from './far-servers.ts';
import { JudgedSenders } from './judged-senders.ts';

export interface MailSimulationOptions {
  readonly seed: number;
  /** The control: attempts in doubt are not written down before the final dot. */
  readonly marksAreLies?: boolean;
  /** The control: syncs answer but do nothing. */
  readonly syncsAreLies?: boolean;
}

const accountsCount = 3;
const livesCount = 3;
const turnsMax = 90;
/** Beyond the five days after which mail is given up. */
const stepsMax = 240;
const largeBytes = 70_000;
const askedAgainMax = 20;
/** Two recipients and a message, with what the disk takes. */
const judgedSecondsMax = 60;
const hourMs = 3_600_000;
const home = 'example.test' as Domain;
const far = 'far.test' as Domain;

/** Failures in 1,000: a disk that is full or breaks, a network that does. */
const perThousand = {
  commit: 10,
  sync: 3,
  'blob-commit': 30,
  'blob-link': 30,
  dial: 50,
  read: 10,
  write: 10,
};

interface Accepted {
  readonly id: QueueId;
  readonly traceId: TraceId;
  readonly life: number;
  readonly text: string;
  readonly accounts: readonly AccountId[];
  readonly remote: readonly string[];
}

/** What outlives a crash: the disk, the world outside, and what it was promised. */
interface World {
  readonly options: MailSimulationOptions;
  readonly random: Random;
  readonly failures: FailureSchedule & { active: boolean };
  readonly blobs: Blobs;
  readonly arrivals: Arrivals;
  readonly accepted: Accepted[];
  readonly bugs: string[];
  nowMs: number;
  moody: boolean;
}

interface Life {
  readonly world: World;
  readonly number: number;
  readonly clock: FakeClock;
  readonly store: SqliteStore;
  readonly runner: QueueRunner;
  readonly outside: JudgedSenders;
  readonly accounts: readonly AccountId[];
  /** False from the crash on: what still runs is a ghost that reaches nothing. */
  readonly state: { alive: boolean };
}

/**
 * The way of mail from the intake, judged by policy, and from the queue to mailboxes and to another server, with full and failing disks, broken connections,
 * lost replies, jumps of the clock, and crashes. N-20: in the end every accepted message is delivered, bounced, held or
 * queued; in our own mailboxes exactly once; with others once more only where the queue knew that it might be.
 */
export async function simulateMail(options: MailSimulationOptions): Promise<void> {
  const world = newWorld(options);
  const { random, failures } = world;
  const { syncsAreLies = false } = options;
  let files = createCrashingFiles({ random, syncsAreLies, failures });
  await createAccounts(files, world);
  for (let number = 0; number < livesCount; number += 1) {
    const life = await begin(files, world, number);
    failures.active = true;
    await run(life, random.integer(turnsMax));
    failures.active = false;
    life.state.alive = false;
    world.nowMs = life.clock.now();
    files = files.crash();
  }
  const last = await begin(files, world, livesCount);
  await run(last, turnsMax / 3);
  world.moody = false;
  await judgedInTime(last);
  const left = await finish(last);
  await judge(last, left);
  await last.runner.stop(0);
  await last.store.close();
}

function newWorld(options: MailSimulationOptions): World {
  const random = createFakeRandom(options.seed);
  const schedule = createFailureSchedule(random, { perThousand });
  const failures = { active: false, fails: (name: string) => failures.active && schedule.fails(name) };
  const clock = createFakeClock();
  const arrivals = {
    counts: new Map(),
    explained: new Set<string>(),
    settled: new Set<string>(),
    unexplained: [],
  };
  return {
    options,
    random,
    failures,
    blobs: createFakeBlobs({ clock, random, failures }),
    arrivals,
    accepted: [],
    bugs: [],
    nowMs: clock.now(),
    moody: true,
  };
}

async function open(
  files: CrashingFiles,
  world: World,
  life: { clock: FakeClock; blobs: Blobs; events?: EventSink },
) {
  const { random } = world;
  const { clock, blobs, events } = life;
  const secrets = createFakeSecrets(1);
  const options = { dir: '/nowhere', secrets, clock, random, threads: 'inline' as const, events };
  return must(await openSqliteStore({ ...options, memory: { files, blobs } }));
}

async function createAccounts(files: CrashingFiles, world: World): Promise<void> {
  const clock = createFakeClock();
  const store = await open(files, world, { clock, blobs: world.blobs });
  must(await store.domains.create(home, clock.now()));
  for (let n = 0; n < accountsCount; n += 1) {
    must(
      await store.accounts.create({
        address: address(`u${n}`),
        credentials: noCredentials,
        administers: n === 0 ? [home] : [],
        quota: { bytes: undefined, messages: undefined },
        nowMs: clock.now(),
        reservedNameAllowed: false,
      }),
    );
  }
  await store.close();
}

async function begin(files: CrashingFiles, world: World, number: number): Promise<Life> {
  const { random } = world;
  const clock = createFakeClock({ startMs: world.nowMs + 1_000_000 });
  const state = { alive: true };
  const events = { emit: (event: Event) => noteBug(world, state, event) };
  const store = await open(files, world, { clock, blobs: blobsWhileAlive(world.blobs, state), events });
  const { items } = must(await store.accounts.list(undefined, 256));
  // The nth is `un`.
  const ids = items.toSorted((a, b) => (a.address.local < b.address.local ? -1 : 1)).map(({ id }) => id);
  const watched = { ...store, queue: watchedQueue(store.queue, world, state) };
  const parts = { store: watched, clock, random, events };
  const dialer = farServers({ ...world, moody: () => world.moody, reachable: () => state.alive });
  const outbound = createOutbound({
    ...parts,
    transport: createSmtpTransport({ dialer, clock }),
    resolver: createFakeResolver({ [far]: { MX: ['10 mx.far.test'] }, 'mx.far.test': { A: [farAddress] } }),
    hostname: `mail.${home}` as Domain,
    rules: {
      port: 25,
      privateDestinations: networkSet([]),
      destinations: 'all',
      ownAddresses: new Set(),
      ownPorts: new Set(),
      ownNames: new Set([`mail.${home}`]),
      localAddresses: [],
    },
    queued: () => runner.wake(),
  });
  const owner = `life${number}`;
  const { queue } = watched;
  const runner = createQueueRunner({ ...parts, queue, local: createLocalDelivery(parts), outbound, owner });
  const outside = new JudgedSenders({
    ...parts,
    owner,
    home,
    accounts: ids,
    dispatch: (leases) => runner.dispatch(leases),
  });
  runner.start();
  return { world, number, clock, store, runner, outside, accounts: ids, state };
}

function noteBug({ bugs }: World, { alive }: Life['state'], event: Event): void {
  if (alive && event.name === 'session-bug') bugs.push(event.detail);
  if (alive && event.name === 'mailbox-recounted') bugs.push(`${event.mailbox} was miscounted`);
}

const crashed: BlobTrouble = { code: 'not-found', detail: 'after the crash' };

/** Files of bodies outlive a crash; what goes on afterwards in the life that ended does not reach them. */
function blobsWhileAlive(blobs: Blobs, state: { readonly alive: boolean }): Blobs {
  return {
    create: () => blobs.create(),
    open: (...args) => blobs.open(...args),
    link: async (id) => (state.alive ? blobs.link(id) : err(crashed)),
    async remove(id) {
      if (state.alive) await blobs.remove(id);
    },
  };
}

/** Before an attempt writes over it, what the queue says of the last one is remembered: in doubt or not. */
function watchedQueue(queue: Queue, { arrivals, options }: World, life: Life['state']): Queue {
  /** A settlement names its message only by id. */
  const known = new Map<QueueId, QueueEntry['recipients']>();
  const addressOf = (id: QueueId, n: number): string => nameOf(known.get(id)?.[n]?.address);
  const meet = (entry: QueueEntry): void => void known.set(entry.id, entry.recipients);

  async function remember(lease: SettledLease, recipients: readonly number[]): Promise<void> {
    let item = await queue.get(lease.entry.id);
    // Asked beside a commit that fails, it fails too; what the queue says of it is known all the same.
    for (let tries = 0; !item.ok && item.error.code !== 'not-found' && tries < askedAgainMax; tries += 1)
      item = await queue.get(lease.entry.id);
    if (!item.ok) return;
    const named = new Set(recipients.map((n) => addressOf(lease.entry.id, n)));
    for (const { address: to, last } of item.value.recipients)
      if (last?.inDoubt === true && named.has(nameOf(to))) arrivals.explained.add(nameOf(to));
  }
  const rememberAll: Queue['addAndSettle'] = async (entries, settlements) => {
    entries.forEach(meet);
    for (const { lease, recipients } of settlements) await remember(lease, recipients);
    const settled =
      entries.length > 0 ? await queue.addAndSettle(entries, settlements) : await queue.settle(settlements);
    if (settled.ok && life.alive)
      settlements.filter(({ outcome }) => outcome.kind === 'done').forEach(noteSettled);
    return settled;
  };
  function noteSettled({ lease, recipients }: Settlement): void {
    for (const n of recipients) arrivals.settled.add(addressOf(lease.entry.id, n));
  }
  return {
    ...queue,
    async add(entry, leaseFor) {
      meet(entry);
      return queue.add(entry, leaseFor);
    },
    async lease(...due) {
      const leases = await queue.lease(...due);
      if (leases.ok) for (const { entry } of leases.value) meet(entry);
      return leases;
    },
    async mark(lease, recipients, attempt) {
      await remember(lease, recipients);
      if (options.marksAreLies === true) return { ok: true, value: undefined };
      return queue.mark(lease, recipients, attempt);
    },
    addAndSettle: rememberAll,
    settle: (settlements) => rememberAll([], settlements),
  };
}

function nameOf(of: Address | undefined): string {
  return of === undefined ? '' : `${of.local}@${of.domain}`;
}

/** Senders at work while time goes on, and jumps. */
async function run(life: Life, turns: number): Promise<void> {
  const { random, bugs } = life.world;
  for (let turn = 0; turn < turns; turn += 1) {
    const dice = random.integer(16);
    const act = dice < 2 ? send : dice < 4 ? receive : undefined;
    if (act !== undefined)
      void act(life).catch((error: unknown) => life.state.alive && bugs.push(String(error)));
    else if (dice < 7) await life.clock.advance(random.integer(20_000));
    else if (dice === 7) await life.clock.advance(random.integer(hourMs / 5));
    else if (dice === 8) life.clock.jump((random.integer(49) - 24) * hourMs);
    else await nextTurn();
  }
}

async function send(life: Life): Promise<void> {
  const { world, store, clock, runner, state } = life;
  const owner = `life${life.number}`;
  const made = await newEntry(life);
  if (made === undefined) return;
  const { entry, text } = made;
  store.traces.add({
    ...traceRecord({ ...life, random: world.random, dispose: async () => undefined }, {}),
    id: entry.traceId,
  });
  const added = await store.queue.add(entry, { owner, untilMs: clock.now() + hourMs / 2 });
  if (!state.alive) return;
  if (entry.body.kind === 'blob') await store.blobs.remove(entry.body.id);
  if (!added.ok) return;
  const { id, traceId, recipients } = entry;
  const accounts = recipients.flatMap(({ route }) => (route.kind === 'local' ? [route.account] : []));
  const remote = recipients.flatMap((one) => (one.route.kind === 'remote' ? [nameOf(one.address)] : []));
  world.accepted.push({ id, traceId, life: life.number, text, accounts, remote });
  runner.dispatch(added.value);
}

/** From a stranger, by the intake and its policy. */
async function receive({ outside, world, number, state }: Life): Promise<void> {
  const taken = await outside.send();
  if (!state.alive || taken === undefined) return;
  world.accepted.push({ ...taken, life: number, remote: [] });
}

/** P-28: whatever the DNS does, each message is judged within the time that it has. */
async function judgedInTime({ outside, clock }: Life): Promise<void> {
  for (let seconds = 0; outside.pending > 0; seconds += 1) {
    assert.ok(seconds < judgedSecondsMax, `${outside.pending} messages are still being judged`);
    await clock.advance(1_000);
    await nextTurn();
  }
}

/** To some of our accounts and to addresses elsewhere that this message alone has. */
async function newEntry(life: Life): Promise<{ entry: QueueEntry; text: string } | undefined> {
  const { world, clock, accounts } = life;
  const { random } = world;
  const id = makeId<QueueId>(clock.now(), random.bytes(10));
  const wishes = {
    subject: id,
    from: nameOf(address('u0')),
    body: random.integer(8) === 0 ? `${id}\r\n`.repeat(largeBytes / 28) : 'Hello\r\n',
  };
  const text = sampleText(wishes);
  const body = await bodyOf(life, Buffer.from(text));
  if (body === undefined) return undefined;
  const submitted = random.integer(4) > 0;
  const entry: QueueEntry = {
    id,
    traceId: makeId<TraceId>(clock.now(), random.bytes(10)),
    receivedAtMs: clock.now(),
    from: submitted ? address('u0') : { local: 'somebody', domain: 'else.test' as Domain },
    recipients: recipientsOf(id, accounts, random),
    body,
    summary: sampleSummary(text, wishes),
    bodyType: '7bit',
    smtpUtf8: false,
    submitter: submitted ? accounts[0] : undefined,
    origin: submitted ? 'submission' : 'inbound',
    expiresAtMs: clock.now() + expiryMs,
  };
  return { entry, text };
}

async function bodyOf({ store }: Life, bytes: Uint8Array): Promise<MessageBody | undefined> {
  if (bytes.length <= 65_536) return { kind: 'bytes', bytes };
  const writer = store.blobs.create();
  await writer.write(bytes);
  const blob = await writer.commit();
  return blob.ok ? { kind: 'blob', ...blob.value } : undefined;
}

function recipientsOf(
  id: QueueId,
  accounts: readonly AccountId[],
  random: Random,
): readonly QueueRecipient[] {
  const local = accounts.slice(0, random.integer(accounts.length + 1)).map((account, n): QueueRecipient => {
    const to = address(`u${n}`);
    return { address: to, original: to, route: { kind: 'local', account, detail: undefined } };
  });
  const count = random.integer(3) + (local.length === 0 ? 1 : 0);
  const remote = Array.from({ length: count }, (_, n): QueueRecipient => {
    const to = address(`r${n}-${id.toLowerCase()}`, far);
    return { address: to, original: to, route: { kind: 'remote', domain: far } };
  });
  return [...local, ...remote];
}

/** Time goes on, nothing fails any more, until the queue holds only what waits for a person. */
async function finish({ store, clock, runner }: Life): Promise<readonly QueueItem[]> {
  for (let step = 0; step < stepsMax; step += 1) {
    const { waiting, leased } = must(await store.queue.counts());
    if (waiting + leased === 0) break;
    // Hours by the wall clock alone: what is due is found by it, and nobody has to wake every second of them.
    if (step > stepsMax / 20) clock.jump(hourMs);
    await clock.advance(10_000);
    runner.wake();
    await nextTurn();
  }
  const items: QueueItem[] = [];
  for (let cursor: string | undefined; ;) {
    const page = must(await store.queue.list({}, cursor, 256));
    items.push(...page.items);
    if (page.next === undefined) return items;
    cursor = page.next;
  }
}

async function judge(life: Life, left: readonly QueueItem[]): Promise<void> {
  const { arrivals, accepted, bugs } = life.world;
  assert.deepEqual(bugs, [], 'a bug of ours');
  assert.deepEqual(arrivals.unexplained, [], 'sent again though nothing was in doubt');
  const held = new Set(left.flatMap((item) => item.recipients.map((one) => nameOf(one.address))));
  const mail = new Map<AccountId, readonly string[]>();
  for (const id of life.accounts) mail.set(id, await textsOf(life, id));
  const notices = (mail.get(life.accounts[0] ?? ('' as AccountId)) ?? []).join('\n').toLowerCase();
  for (const message of accepted) {
    for (const account of message.accounts) {
      const copies = (mail.get(account) ?? []).filter((text) => text.endsWith(message.text));
      assert.equal(copies.length, 1, `${message.id} is ${copies.length} times with ${account}`);
    }
    for (const name of message.remote) {
      const settled = arrivals.counts.has(name) || held.has(name) || notices.includes(name);
      assert.ok(settled, `${name} has nothing, and nobody was told`);
    }
    await judgeTrace(life, message);
  }
  await judgeVerdicts(life);
}

/** N-1: what was decided in the life that did not crash has its trace, whether the message was taken or not. */
async function judgeVerdicts({ world, number, outside, store }: Life): Promise<void> {
  await store.traces.flush();
  const taken = world.accepted.filter(({ life, text }) => life === number && text.startsWith('From: <'));
  const ids = [...taken.map(({ traceId }) => traceId), ...outside.refused];
  for (const id of ids) {
    const { verdict, steps } = must(await store.traces.get(id));
    assert.ok(steps.length > 0 && verdict.by !== '', `the trace of ${id} says nothing`);
  }
}

/** Of what was sent twice in a life without crash, the trace tells each time. */
async function judgeTrace({ world, number, store }: Life, message: Accepted): Promise<void> {
  const twice = message.remote.filter((name) => (world.arrivals.counts.get(name) ?? 0) > 1);
  if (twice.length === 0 || message.life !== number) return;
  const { deliveries } = must(await store.traces.get(message.traceId));
  for (const name of twice) {
    const times = deliveries.filter(
      ({ recipient, outcome }) => recipient === name && (outcome === 'in-doubt' || outcome === 'delivered'),
    );
    assert.ok(times.length > 1, `the trace of ${message.id} tells of ${times.length} times only`);
  }
}

async function textsOf({ store }: Life, account: AccountId): Promise<readonly string[]> {
  const texts: string[] = [];
  for (const { id } of must(await store.mailboxes.list(account))) {
    const { uids } = must(await store.messages.select(account, id));
    for (const uid of uids)
      texts.push(Buffer.from(await collect(store.messages.body(account, id, uid))).toString('latin1'));
  }
  return texts;
}
