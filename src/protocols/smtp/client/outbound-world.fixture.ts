import assert from 'node:assert/strict';
import { networkSet } from '#base/client-address.ts';
import { makeId } from '#base/id.ts';
import type { AccountId, QueueId, TraceId } from '#base/id.ts';
import { parseAddress } from '#mail/address.ts';
import type { Address } from '#mail/address.ts';
import { parseDomain } from '#mail/domain.ts';
import type { Domain } from '#mail/domain.ts';
import { parseMessage } from '#mail/message-parser.ts';
import { makeDkimKeys } from '#mailauth/dkim-keys.ts';
import type { Dialer } from '#platform/dialer.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import type { FakeClock } from '#platform/fake-clock.ts';
import { createFakeDialer } from '#platform/fake-dialer.ts';
import { createFakeRandom } from '#platform/fake-random.ts';
import { createFakeResolver } from '#platform/fake-resolver.ts';
import type { ZoneTable } from '#platform/fake-resolver.ts';
import type { DkimKey } from '#store/contract/accounts.ts';
import type { QueueEntry, QueueItem } from '#store/contract/queue.ts';
import type { Store } from '#store/contract/store.ts';
import { createMemoryStore } from '#store/memory/memory-store.ts';
import type { Event } from '#trace/events.ts';
import { createOutbound } from '#delivery/outbound/create-outbound.ts';
import type { DestinationRules } from '#delivery/outbound/destination-rules.ts';
import { expiryMs } from '#delivery/outbound/back-off.ts';
import { createSmtpTransport } from './smtp-transport.ts';
import { createSink } from './smtp-sink.fixture.ts';
import type { Sink, SinkScript } from './smtp-sink.fixture.ts';

/** Our domain a.test with me@a.test, the world's b.test with two servers, and outbound delivery between them. */
export interface OutboundWorld {
  readonly store: Store;
  readonly clock: FakeClock;
  readonly events: Event[];
  readonly keys: readonly DkimKey[];
  readonly first: Sink;
  readonly second: Sink;
  /** How often something was put into the queue for others. */
  readonly queued: () => number;
  /** Puts a message into the queue. */
  readonly add: (message: MessageOptions) => Promise<QueueId>;
  /** Nobody answers at the first server any more, until the returned function is called. */
  readonly kill: () => () => void;
  /** How often somebody was dialled at an address. */
  readonly dials: (address: string) => number;
  /** A person wants all tried now. */
  readonly insist: () => void;
  /** Attempts all that is due now and remote, once. */
  readonly attempt: (signal?: AbortSignal) => Promise<number>;
  readonly item: (id: QueueId) => Promise<QueueItem | undefined>;
  readonly eventNames: () => readonly string[];
}

export interface MessageOptions {
  readonly to?: readonly string[];
  readonly from?: string | undefined;
  readonly text?: string;
  readonly bodyType?: QueueEntry['bodyType'];
  readonly smtpUtf8?: boolean;
  readonly submitted?: boolean;
  /** What the recipient was before an alias. */
  readonly original?: string;
  readonly large?: boolean;
  /** By an exception of address. */
  readonly relayed?: boolean;
  /** What policy wrote down on the way in. */
  readonly fields?: string;
}

export interface WorldOptions {
  readonly first?: SinkScript;
  readonly second?: SinkScript;
  readonly zone?: ZoneTable;
  readonly rules?: Partial<DestinationRules>;
  readonly change?: (store: Store) => Store;
}

const zone: ZoneTable = {
  'b.test': { MX: ['10 mx1.b.test', '20 mx2.b.test'] },
  'mx1.b.test': { A: ['5.6.7.1'] },
  'mx2.b.test': { A: ['5.6.7.2'] },
};

/** Made once: an RSA key costs more than all the rest. */
const keys = await makeDkimKeys(Date.UTC(2026, 0, 1));

export const plainText = 'From: Me <me@a.test>\r\nTo: you@b.test\r\nSubject: hello\r\n\r\nHi.\r\n.dot\r\n';

export async function outboundWorld(options: WorldOptions = {}): Promise<OutboundWorld> {
  const clock = createFakeClock();
  const random = createFakeRandom(11);
  const plain = createMemoryStore({ clock, random });
  const store = options.change?.(plain) ?? plain;
  const account = await ourDomain(plain, keys, clock);
  const first = createSink(options.first);
  const second = createSink(options.second);
  const dialer = createFakeDialer();
  let dies = dialer.listen('5.6.7.1', 25, first.listener);
  dialer.listen('5.6.7.2', 25, second.listener);
  const dialled: string[] = [];
  const counted: Dialer = {
    open(target, signal) {
      dialled.push(target.host);
      return dialer.open(target, signal);
    },
  };
  const events: Event[] = [];
  let queued = 0;
  const outbound = createOutbound({
    store,
    transport: createSmtpTransport({ dialer: counted, clock }),
    resolver: createFakeResolver({ ...zone, ...options.zone }),
    clock,
    random,
    events: { emit: (event) => void events.push(event) },
    hostname: domain('mail.a.test'),
    rules: {
      port: 25,
      privateDestinations: networkSet([]),
      destinations: 'all',
      ownAddresses: new Set(),
      ownPorts: new Set(),
      ownNames: new Set(['mail.a.test']),
      localAddresses: [],
      ...options.rules,
    },
    queued: () => {
      queued += 1;
    },
  });
  return {
    store,
    clock,
    events,
    keys,
    first,
    second,
    queued: () => queued,
    kill() {
      dies();
      return () => {
        dies = dialer.listen('5.6.7.1', 25, first.listener);
      };
    },
    dials: (address) => dialled.filter((one) => one === address).length,
    insist: () => outbound.insist(),
    async add(message) {
      const entry = await entryOf({ store: plain, clock, random, account }, message);
      const added = await plain.queue.add(entry);
      assert.ok(added.ok);
      return entry.id;
    },
    async attempt(signal = new AbortController().signal) {
      const now = clock.now();
      const leases = await plain.queue.lease(now, 100, 'test', now + 3_600_000);
      assert.ok(leases.ok);
      const remote = leases.value.filter(
        (lease) => lease.entry.recipients[lease.recipients[0] ?? 0]?.route.kind === 'remote',
      );
      for (const lease of remote) await outbound.deliver({ lease, current: () => lease }, signal);
      return remote.length;
    },
    async item(id) {
      const found = await plain.queue.get(id);
      return found.ok ? found.value : undefined;
    },
    eventNames: () => events.map((event) => event.name),
  };
}

function domain(text: string): Domain {
  const parsed = parseDomain(text);
  assert.ok(parsed.ok);
  return parsed.value;
}

export function addressOf(text: string): Address {
  const parsed = parseAddress(text, { smtpUtf8: true });
  assert.ok(parsed.ok);
  return parsed.value;
}

async function ourDomain(store: Store, dkim: readonly DkimKey[], clock: FakeClock): Promise<AccountId> {
  const made = await store.domains.create(domain('a.test'), clock.now());
  assert.ok(made.ok);
  const signed = await store.domains.change(domain('a.test'), { dkim }, made.value.version);
  assert.ok(signed.ok);
  const account = await store.accounts.create({
    address: addressOf('me@a.test'),
    credentials: { argon2id: undefined, scramSha256: undefined, changedAtMs: 0 },
    administers: [domain('a.test')],
    quota: { bytes: undefined, messages: undefined },
    nowMs: clock.now(),
    reservedNameAllowed: false,
  });
  assert.ok(account.ok);
  return account.value.id;
}

interface EntryWorld {
  readonly store: Store;
  readonly clock: FakeClock;
  readonly random: ReturnType<typeof createFakeRandom>;
  readonly account: AccountId;
}

async function entryOf(
  { store, clock, random, account }: EntryWorld,
  message: MessageOptions,
): Promise<QueueEntry> {
  const bytes = Buffer.from(message.text ?? plainText, 'latin1');
  const submitted = message.submitted ?? true;
  const nowMs = clock.now();
  const recipients = (message.to ?? ['you@b.test']).map((text) => {
    const address = addressOf(text);
    const original = message.original === undefined ? address : addressOf(message.original);
    return { address, original, route: { kind: 'remote', domain: address.domain } as const };
  });
  const sender = 'from' in message ? message.from : 'me@a.test';
  return {
    id: makeId<QueueId>(nowMs, random.bytes(10)),
    traceId: makeId<TraceId>(nowMs, random.bytes(10)),
    receivedAtMs: nowMs,
    from: sender === undefined ? undefined : addressOf(sender),
    recipients,
    body: message.large === true ? await blobOf(store, bytes) : { kind: 'bytes', bytes },
    summary: parseMessage(bytes),
    bodyType: message.bodyType ?? '7bit',
    smtpUtf8: message.smtpUtf8 ?? false,
    submitter: submitted ? account : undefined,
    origin: message.relayed === true ? 'relay' : submitted ? 'submission' : 'inbound',
    ...(message.fields === undefined ? {} : { judged: { fields: message.fields, junk: false } }),
    expiresAtMs: nowMs + expiryMs,
  };
}

async function blobOf(store: Store, bytes: Uint8Array): Promise<QueueEntry['body']> {
  const writer = store.blobs.create();
  await writer.write(bytes);
  const done = await writer.commit();
  assert.ok(done.ok);
  return { kind: 'blob', ...done.value };
}
