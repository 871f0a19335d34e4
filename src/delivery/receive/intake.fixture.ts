import assert from 'node:assert/strict';
import type { AccountId, QueueId } from '#base/id.ts';
import { parseAddress } from '#mail/address.ts';
import type { Address } from '#mail/address.ts';
import { parseDomain } from '#mail/domain.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import type { FakeClock } from '#platform/fake-clock.ts';
import { createFakeRandom } from '#platform/fake-random.ts';
import { createFakeResolver } from '#platform/fake-resolver.ts';
import type { ZoneTable } from '#platform/fake-resolver.ts';
import type { Resolver } from '#platform/resolver.ts';
import type { PolicyLists } from '#policy/lists/policy-lists.ts';
import { Policy } from '#policy/policy.ts';
import type { PolicyValues } from '#policy/policy-values.ts';
import { livePolicyValues } from '#policy/read-policy-values.ts';
import type { ChangingSettings } from '#policy/read-policy-values.ts';
import type { TrialBook } from '#policy/trials/trial-book.ts';
import type { Lease } from '#store/contract/queue.ts';
import type { Store } from '#store/contract/store.ts';
import { createMemoryStore } from '#store/memory/memory-store.ts';
import type { Event } from '#trace/events.ts';
import { createIntake } from './create-intake.ts';
import type { IntakeParts } from './intake-parts.ts';
import type { Answer, Intake, MailParameters, Transaction, TransactionContext } from './intake.ts';
import { intakeDefaults } from './intake-settings.ts';
import type { IntakeSettings } from './intake-settings.ts';

/** A store with `user@example.test` and `other@example.test`, an intake before it, and everything it told. */
export interface IntakeWorld {
  readonly intake: Intake;
  readonly store: Store;
  readonly clock: FakeClock;
  readonly events: Event[];
  readonly leases: Lease[];
  readonly user: AccountId;
  readonly other: AccountId;
}

export interface WorldOptions {
  readonly settings?: Partial<IntakeSettings>;
  readonly quotaBytes?: number;
  /** With policy before it, which finds these names in the DNS. */
  readonly policy?: PolicyOptions;
  /** What an administrator has decided about certain mail. */
  readonly rules?: IntakeParts['rules'];
  /** Parts of the intake beside these. */
  readonly also?: Partial<IntakeParts>;
  /** Puts something else in the place of a part of the store. */
  readonly change?: (store: Store) => Store;
}

export interface PolicyOptions {
  readonly zone: ZoneTable;
  /** Instead of the zone: a resolver of its own kind. */
  readonly resolver?: Resolver;
  /** Settings by name, as `policy.iprev.action`. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Lists as a server has them; none when left out. */
  readonly lists?: (making: ListMaking) => PolicyLists;
  /** Other settings on trial. */
  readonly trials?: (clock: FakeClock, settings: ChangingSettings) => TrialBook;
}

/** What lists of a test are made over. */
export interface ListMaking {
  readonly clock: FakeClock;
  readonly resolver: Resolver;
  readonly settings: Store['settings'];
  readonly checks: Pick<PolicyValues, 'check'>;
}

export function address(text: string): Address {
  const parsed = parseAddress(text, { smtpUtf8: true });
  assert.ok(parsed.ok, text);
  return parsed.value;
}

export async function intakeWorld(options: WorldOptions = {}): Promise<IntakeWorld> {
  const clock = createFakeClock();
  const random = createFakeRandom(1);
  const plain = createMemoryStore({ clock, random });
  const domain = parseDomain('example.test');
  assert.ok(domain.ok);
  await plain.domains.create(domain.value, clock.now());
  const user = await account(plain, 'user@example.test', options.quotaBytes);
  const other = await account(plain, 'other@example.test', undefined);
  const store = options.change?.(plain) ?? plain;
  const events: Event[] = [];
  const leases: Lease[] = [];
  const intake = createIntake({
    store,
    hostname: 'mx.example.test',
    clock,
    random,
    settings: { ...intakeDefaults, firstDomain: domain.value, ...options.settings },
    events: { emit: (event) => events.push(event) },
    policy: options.policy === undefined ? undefined : makePolicy(options.policy, store, clock),
    rules: options.rules,
    ...options.also,
    lease: { owner: 'test', leaseMs: 60_000, dispatch: (granted) => leases.push(...granted) },
  });
  return { intake, store, clock, events, leases, user, other };
}

function makePolicy(
  { zone, resolver: given, settings = {}, lists, trials }: PolicyOptions,
  store: Store,
  clock: FakeClock,
): Policy {
  const resolver = given ?? createFakeResolver(zone);
  const live: ChangingSettings = {
    value: (row) => (settings[row.name] ?? row.defaultValue) as typeof row.defaultValue,
    version: settings,
  };
  const values = livePolicyValues(live);
  const made = lists?.({ clock, resolver, settings: store.settings, checks: values });
  return new Policy({
    ...(made === undefined ? {} : { lists: made }),
    ...(trials === undefined ? {} : { trials: trials(clock, live) }),
    resolver,
    clock,
    counters: store.counters,
    own: {
      hostname: 'mx.example.test',
      isOwnAddress: (text) => text === '192.0.2.25',
      isOwnDomain: (domain) => store.domains.isLocal(domain),
      ownDomains: () => store.domains.names(),
    },
    values,
  });
}

async function account(store: Store, name: string, quotaBytes: number | undefined): Promise<AccountId> {
  const created = await store.accounts.create({
    address: address(name),
    credentials: { argon2id: undefined, scramSha256: undefined, changedAtMs: 0 },
    administers: name.startsWith('user@') ? [address(name).domain as never] : [],
    quota: { bytes: quotaBytes, messages: undefined },
    nowMs: 0,
    reservedNameAllowed: false,
  });
  assert.ok(created.ok);
  return created.value.id;
}

export function context(role: TransactionContext['role'], login?: AccountId): TransactionContext {
  const identity =
    login === undefined
      ? undefined
      : { account: login, address: address('user@example.test'), mechanism: 'PLAIN' };
  return {
    sessionId: 's1',
    listener: role,
    role,
    client: '203.0.113.5',
    helo: 'client.example',
    protocol: role === 'lmtp' ? 'LMTP' : 'ESMTP',
    tls: undefined,
    identity,
    exempt: new Set(),
  };
}

export function mailFrom(from: string, change: Partial<MailParameters> = {}): MailParameters {
  return {
    from: from === '' ? undefined : address(from),
    sizeBytes: undefined,
    bodyType: '7bit',
    smtpUtf8: false,
    ...change,
  };
}

export async function begin(
  { intake }: IntakeWorld,
  who: TransactionContext,
  mail: MailParameters,
): Promise<Transaction> {
  const begun = await intake.begin(who, mail);
  assert.ok(begun.ok, begun.ok ? '' : begun.reply.text);
  return begun.value;
}

export const clean = { bareCr: false, bareLf: false, nul: false } as const;

export interface Sending {
  readonly who?: TransactionContext;
  readonly mail?: MailParameters;
  readonly to?: readonly string[];
  readonly message?: string | Buffer;
  readonly anomalies?: Partial<typeof clean> | { readonly bareLf: true };
  /** How many bytes are written at once. */
  readonly pieceBytes?: number;
}

/** A whole transaction; the recipients must be accepted. */
export async function send(
  world: IntakeWorld,
  sending: Sending = {},
): Promise<readonly Answer<{ readonly queueId: QueueId }>[]> {
  const who = sending.who ?? context('mx');
  const transaction = await begin(world, who, sending.mail ?? mailFrom('stranger@example.org'));
  for (const to of sending.to ?? ['user@example.test']) {
    const taken = await transaction.recipient(address(to));
    assert.ok(taken.ok, taken.ok ? '' : taken.reply.text);
  }
  const given = sending.message ?? 'From: stranger@example.org\r\nSubject: hi\r\n\r\nhello\r\n';
  const message = typeof given === 'string' ? Buffer.from(given, 'latin1') : given;
  const piece = sending.pieceBytes ?? message.byteLength;
  for (let at = 0; at < message.byteLength; at += piece)
    await transaction.write(message.subarray(at, at + piece));
  return transaction.finish({ ...clean, ...sending.anomalies });
}

/** The queued message's text. */
export function queuedText({ leases }: IntakeWorld): string {
  const body = leases.at(-1)?.entry.body;
  assert.ok(body?.kind === 'bytes');
  return Buffer.from(body.bytes).toString('latin1');
}
