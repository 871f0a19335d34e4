import { ok } from '#base/result.ts';
import { formatAddress } from '#mail/address.ts';
import type { Result } from '#base/result.ts';
import type { Address } from '#mail/address.ts';
import type { Domain } from '#mail/domain.ts';
import type { SigningChoice } from '#mailauth/dkim-signer.ts';
import { withBudget } from '#platform/resolver-budget.ts';
import type { DownstreamHost } from '#store/contract/accounts.ts';
import type { Lease, QueueEntry, Settlement } from '#store/contract/queue.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { bounceFor } from './bounce.ts';
import type { Bounce } from './bounce.ts';
import { planDownstream } from '#delivery/downstream/plan-downstream.ts';
import { ours, resultOfPlan } from './delivery-result.ts';
import type { DeliveryResult } from './delivery-result.ts';
import { planDestination } from './destination-plan.ts';
import type { DestinationPlan, Server } from './destination-plan.ts';
import type { AttemptParts } from './outbound-parts.ts';
import { OutboundMessage, UnreadableBody, addressesNeedUtf8, needsUtf8 } from './outbound-message.ts';
import { readHeader } from './read-header.ts';
import type { RemoteJob } from './remote-delivery.ts';
import {
  failuresOf,
  settlementsOf,
  tracesOf,
  unsettledOf,
  unsettledTraces,
  withExpiry,
} from './settle-attempt.ts';
import type { Results } from './settle-attempt.ts';
import { tellAttempt } from './tell-attempt.ts';
import { tryServers } from './try-servers.ts';
import type { OutboundContent, UnfitContent } from './transport.ts';

/** One attempt for the recipients of one lease: plan → try → settle. */
export class OutboundAttempt {
  readonly #parts: AttemptParts;
  readonly #job: RemoteJob;
  readonly #entry: QueueEntry;
  readonly #signal: AbortSignal;
  /** Of our own store or message: such mail waits and is not bounced for it. */
  #trouble: string | undefined;
  #dkim: string | undefined;
  #isLast = false;
  /** What policy found goes along, since the mailbox is there. */
  #isDownstream = false;

  constructor(parts: AttemptParts, job: RemoteJob, signal: AbortSignal) {
    this.#parts = parts;
    this.#job = job;
    this.#entry = job.lease.entry;
    this.#signal = signal;
  }

  async run(): Promise<void> {
    const startedAtMs = this.#parts.clock.now();
    // Nobody's last attempt is spared him (S-12).
    this.#isLast = startedAtMs >= this.#entry.expiresAtMs;
    const results = withExpiry(await this.#results(), this.#entry, startedAtMs);
    const bounce = await this.#bounce(results);
    const { clock, random } = this.#parts;
    const lease = this.#job.current();
    const settlements = settlementsOf(results, { lease, clock, random, bounce });
    if (await this.#settle(settlements, bounce)) this.#tell(results, settlements, bounce);
    else this.#tellUnsettled(unsettledOf(results), lease);
  }

  async #results(): Promise<Results> {
    const plan = await this.#plan();
    if (plan.kind !== 'servers') return this.#same(resultOfPlan(plan));
    const choice = await this.#signing();
    if (!choice.ok) return this.#same(ours('trouble', '4.3.0', this.#inTrouble('domains.get', choice.error)));
    this.#dkim = dkimWords(choice.value);
    const { store, signer } = this.#parts;
    const front = this.#isDownstream ? (this.#entry.judged?.fields ?? '') : '';
    const own = { entry: this.#entry, blobs: store.blobs, signer, choice: choice.value, front };
    const message = new OutboundMessage(own);
    try {
      return this.#withTrouble(await this.#try(plan, message));
    } catch (error) {
      if (!(error instanceof UnreadableBody)) throw error;
      return this.#same(ours('trouble', '4.3.0', this.#unreadable(error)));
    }
  }

  async #plan(): Promise<DestinationPlan> {
    const { resolver, clock, random, rules, events } = this.#parts;
    const { recipients } = this.#job.lease;
    const route = this.#entry.recipients[recipients[0] ?? 0]?.route;
    if (route?.kind !== 'remote') throw new Error('a local recipient came to outbound delivery');
    const bounded = withBudget(resolver, clock);
    const parts = { resolver: bounded, random, rules };
    const downstream = await this.#downstream(route.domain);
    if (downstream !== undefined) {
      const { port, tls } = downstream;
      const found = await planDownstream(parts, downstream, this.#signal);
      if (found.kind !== 'servers') return found;
      this.#isDownstream = true;
      return { ...found, way: { port, tls: tls === 'opportunistic' ? undefined : tls } };
    }
    const plan = await planDestination(parts, route.domain, this.#signal);
    if (plan.kind === 'failed' && plan.forbidden !== undefined) {
      const { name: host, address } = plan.forbidden;
      events.emit({ name: 'destination-forbidden', queue: this.#entry.id, host, address });
    }
    return plan.kind === 'servers' ? reachable(plan.servers, rules.localAddresses) : plan;
  }

  /** The server behind this one, of a domain of ours that has one (I-88): read anew for each attempt. */
  async #downstream(domain: string): Promise<DownstreamHost | undefined> {
    const { domains } = this.#parts.store;
    if (!domains.isLocal(domain)) return undefined;
    const record = await domains.get(domain as Domain);
    return record.ok ? record.value.downstream : undefined;
  }

  /** Only what is ours is signed in our name: what comes from outside may only pretend (I-39). */
  #signing(): Promise<Result<SigningChoice, Trouble>> {
    const { submitter, origin, summary } = this.#entry;
    // What is relayed has an author whom the entry names (P-10).
    const own = submitter !== undefined || origin !== 'inbound';
    if (own) return this.#parts.signer.choose(summary.envelope);
    return Promise.resolve(ok({ kind: 'unsigned', reason: 'not written by an account here' }));
  }

  async #try({ servers, way }: ServersPlan, message: OutboundMessage): Promise<Results> {
    const { recipients } = this.#job.lease;
    const smtpUtf8 = addressesNeedUtf8(this.#entry, recipients) || (await message.headerNeedsUtf8());
    const addresses = new Map<number, Address>();
    for (const index of recipients) {
      const recipient = this.#entry.recipients[index];
      if (recipient !== undefined) addresses.set(index, recipient.address);
    }
    const { bodyType, from: reversePath } = this.#entry;
    const { hostname: helo, rules } = this.#parts;
    const consignment = {
      addresses,
      request: { helo, reversePath, bodyType, smtpUtf8, sizeBytes: message.sizeBytes },
      port: way?.port ?? rules.port,
      tls: way?.tls,
      insists: this.#isLast,
      // The server behind this one may be on this machine, where no public address leads to it.
      localAddress: (server: Server) =>
        way === undefined ? rules.localAddresses.find((one) => sameFamily(one, server.address)) : undefined,
      content: (can: Parameters<OutboundMessage['content']>[0]) =>
        smtpUtf8 && !can.smtpUtf8 ? Promise.resolve(needsUtf8) : this.#content(message, can),
      mark: (indexes: readonly number[], server: Server) => this.#mark(indexes, server),
    };
    return tryServers(this.#parts, servers, consignment, this.#signal);
  }

  async #content(
    message: OutboundMessage,
    can: Parameters<OutboundMessage['content']>[0],
  ): Promise<OutboundContent | UnfitContent> {
    try {
      return await message.content(can);
    } catch (error) {
      this.#unreadable(error);
      throw error;
    }
  }

  async #mark(indexes: readonly number[], server: Server): Promise<void> {
    const attempt = {
      atMs: this.#parts.clock.now(),
      host: server.name,
      address: server.address,
      tls: undefined,
      reply: 'sent; the answer to the end of the message is not there yet',
      inDoubt: true,
    };
    const marked = await this.#parts.store.queue.mark(this.#job.current(), indexes, attempt);
    if (!marked.ok) throw new Error(this.#inTrouble('queue.mark', marked.error));
  }

  /** What no server said, while our own store was in trouble, is not the destination's fault. */
  #withTrouble(results: Results): Results {
    const text = this.#trouble;
    if (text === undefined) return results;
    return new Map(
      [...results].map(([index, result]) => [
        index,
        result.kind === 'later' && !result.said ? { ...result, kind: 'trouble' as const, text } : result,
      ]),
    );
  }

  async #bounce(results: Results): Promise<Bounce | undefined> {
    const failures = failuresOf(results);
    if (failures.length === 0) return undefined;
    const header = await readHeader(this.#entry, this.#parts.store.blobs);
    const bounce = await bounceFor(this.#parts, this.#entry, failures, header);
    if (bounce.kind === 'wait') this.#inTrouble('accounts.resolve', bounce.trouble);
    return bounce;
  }

  /** The notification and what it reports, in one transaction. */
  async #settle(settlements: readonly Settlement<Lease>[], bounce: Bounce | undefined): Promise<boolean> {
    const { queue } = this.#parts.store;
    const entries = bounce !== undefined && 'entries' in bounce ? bounce.entries : [];
    const settled =
      entries.length > 0 ? await queue.addAndSettle(entries, settlements) : await queue.settle(settlements);
    // The lease runs out, and the attempt is made again.
    if (!settled.ok) this.#inTrouble('queue.settle', settled.error);
    return settled.ok;
  }

  #tell(results: Results, settlements: readonly Settlement<Lease>[], bounce: Bounce | undefined): void {
    const { store, events, clock, queued } = this.#parts;
    tellAttempt(events, results, settlements);
    const facts = { results, settlements, dkim: this.#dkim, atMs: clock.now() };
    store.traces.delivered(this.#entry.traceId, tracesOf(facts));
    const queue = this.#entry.id;
    if (bounce?.kind === 'silent') events.emit({ name: 'bounce-suppressed', queue, reason: bounce.reason });
    if (bounce?.kind === 'hold' && bounce.entries.length > 0) queued?.();
    if (bounce?.kind !== 'notify') return;
    const recipients = failuresOf(results).length;
    for (const entry of bounce.entries) {
      events.emit({ name: 'bounce-sent', queue: entry.id, about: queue, recipients });
    }
    queued?.();
  }

  /** What a server took, the queue could not note: it stands in the trace, because it is sent again. */
  #tellUnsettled(results: Results, lease: Lease): void {
    const { store, clock, events } = this.#parts;
    const facts = { results, lease, dkim: this.#dkim, atMs: clock.now() };
    store.traces.delivered(this.#entry.traceId, unsettledTraces(facts));
    for (const [index, { kind, server }] of results) {
      const recipient = this.#entry.recipients[index];
      if (kind !== 'in-doubt' || recipient === undefined) continue;
      const { id: queue } = this.#entry;
      const host = server?.name ?? '';
      events.emit({ name: 'delivery-in-doubt', queue, recipient: formatAddress(recipient.address), host });
    }
  }

  #same(result: DeliveryResult): Results {
    return new Map(this.#job.lease.recipients.map((index) => [index, result]));
  }

  #unreadable(error: unknown): string {
    const detail = error instanceof Error ? error.message : String(error);
    const { events } = this.#parts;
    const what = `body of ${this.#entry.id}`;
    events.emit({ name: 'store-trouble', code: 'unreadable', what, detail });
    this.#trouble = 'our own copy of the message cannot be read now';
    return this.#trouble;
  }

  #inTrouble(what: string, trouble: Trouble): string {
    const detail = 'detail' in trouble ? trouble.detail : 'what' in trouble ? trouble.what : '';
    this.#parts.events.emit({ name: 'store-trouble', code: trouble.code, what, detail });
    this.#trouble = 'waits for our own store';
    return this.#trouble;
  }
}

type ServersPlan = Extract<DestinationPlan, { kind: 'servers' }>;

function dkimWords(choice: SigningChoice): string {
  if (choice.kind === 'unsigned') return `not signed: ${choice.reason}`;
  return `${choice.domain} ${choice.keys.map((key) => key.selector).join(' ')}`;
}

function sameFamily(a: string, b: string): boolean {
  return a.includes(':') === b.includes(':');
}

/** Where the addresses to dial from are named, only servers that they can reach. */
function reachable(servers: readonly Server[], localAddresses: readonly string[]): DestinationPlan {
  if (localAddresses.length === 0) return { kind: 'servers', servers };
  const left = servers.filter(({ address }) => localAddresses.some((one) => sameFamily(one, address)));
  if (left.length > 0) return { kind: 'servers', servers: left };
  const text = 'none of its addresses is of a kind (IPv4, IPv6) that mail is sent from here';
  return { kind: 'later', status: '4.4.1', text };
}
