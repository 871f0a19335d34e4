import * as fc from 'fast-check';
import { makeId } from '#base/id.ts';
import type { AccountId, QueueId, TraceId } from '#base/id.ts';
import type { Domain } from '#mail/domain.ts';
import type { Lease, Outcome, Queue, QueueEntry, QueueRecipient, Route } from '../contract/queue.ts';
import { sampleMessage } from './sample-message.ts';
import { address, asJson, must } from './store-under-test.ts';

/** One act on a queue; entries by number, leases by the order in which they were granted. */
export type QueueAct =
  | { readonly act: 'add'; readonly n: number; readonly to: readonly string[]; readonly owned: boolean }
  | { readonly act: 'lease'; readonly count: number; readonly afterMs: number; readonly forMs: number }
  | {
      readonly act: 'settle';
      readonly lease: number;
      readonly keep: number;
      readonly outcome: 'done' | 'retry' | 'held';
    }
  | { readonly act: 'mark'; readonly lease: number }
  | { readonly act: 'retry' | 'hold' | 'drop'; readonly n: number };

const n = fc.integer({ min: 0, max: 5 });
const lease = fc.integer({ min: 0, max: 9 });

export const queueAct: fc.Arbitrary<QueueAct> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      act: fc.constant('add' as const),
      n,
      to: fc.array(fc.constantFrom('local', 'a', 'b', 'c'), { minLength: 1, maxLength: 5 }),
      owned: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      act: fc.constant('lease' as const),
      count: fc.integer({ min: 0, max: 4 }),
      afterMs: fc.integer({ min: 0, max: 300 }),
      forMs: fc.integer({ min: 1, max: 300 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      act: fc.constant('settle' as const),
      lease,
      keep: fc.integer({ min: 0, max: 2 }),
      outcome: fc.constantFrom('done' as const, 'retry' as const, 'held' as const),
    }),
  },
  fc.record({ act: fc.constant('mark' as const), lease }),
  fc.record({ act: fc.constantFrom('retry' as const, 'hold' as const, 'drop' as const), n }),
);

const startMs = 1_000_000;

/** One queue, acted on and looked at. */
export class QueueActor {
  readonly #queue: Queue;
  readonly #salt: number;
  readonly #added = new Set<number>();
  readonly #leases: Lease[] = [];
  #nowMs = startMs;

  /** @param salt keeps the entries of different runs on one store apart */
  constructor(queue: Queue, salt: number) {
    this.#queue = queue;
    this.#salt = salt;
  }

  async run(act: QueueAct): Promise<unknown> {
    switch (act.act) {
      case 'add':
        return this.#add(act.n, act.to, act.owned);
      case 'lease': {
        this.#nowMs += act.afterMs;
        return this.#granted(
          must(await this.#queue.lease(this.#nowMs, act.count, 'me', this.#nowMs + act.forMs)),
        );
      }
      case 'settle':
        return this.#settle(act.lease, act.keep, act.outcome);
      case 'mark': {
        const lease = this.#leases.at(-1 - act.lease);
        if (lease === undefined) return 'no lease';
        const marked = await this.#queue.mark(lease, lease.recipients, this.#attempt(true));
        return marked.ok ? 'ok' : marked.error;
      }
      case 'drop': {
        const dropped = await this.#queue.drop(this.#id(act.n));
        return dropped.ok ? 'ok' : dropped.error;
      }
      default: {
        const changed = await this.#queue.change(this.#id(act.n), { action: act.act, nowMs: this.#nowMs });
        return changed.ok ? 'ok' : changed.error;
      }
    }
  }

  async look(): Promise<unknown> {
    return asJson({
      items: must(await this.#queue.list({}, undefined, 256)).items,
      held: must(await this.#queue.list({ state: 'held' }, undefined, 256)).items.map(({ id }) => id),
      toA: must(await this.#queue.list({ domain: 'a.test' }, undefined, 256)).items.map(({ id }) => id),
      counts: must(await this.#queue.counts()),
      nextDue: must(await this.#queue.nextDue()),
    });
  }

  /** Leaves the queue empty for the next run. */
  async clear(): Promise<void> {
    for (const { id } of must(await this.#queue.list({}, undefined, 256)).items)
      must(await this.#queue.drop(id));
  }

  async #add(n: number, to: readonly string[], owned: boolean): Promise<unknown> {
    if (this.#added.has(n)) return 'ids are used once';
    this.#added.add(n);
    const lease = owned ? { owner: 'me', untilMs: this.#nowMs + 100 } : undefined;
    return this.#granted(must(await this.#queue.add(this.#entry(n, to), lease)));
  }

  async #settle(number: number, keep: number, kind: 'done' | 'retry' | 'held'): Promise<unknown> {
    const lease = this.#leases.at(-1 - number);
    if (lease === undefined) return 'no lease';
    const attempt = this.#attempt(false);
    const outcome: Outcome =
      kind === 'done'
        ? { kind }
        : kind === 'held'
          ? { kind, attempt }
          : { kind, attempt, atMs: this.#nowMs + 50 };
    must(await this.#queue.settle([{ lease, recipients: lease.recipients.slice(keep), outcome }]));
    return 'ok';
  }

  #granted(leases: readonly Lease[]): unknown {
    this.#leases.push(...leases);
    return leases.map(({ entry, recipients, attempt, untilMs }) => [
      entry.id,
      recipients,
      attempt,
      untilMs,
      entry.summary.sizeBytes,
    ]);
  }

  #attempt(inDoubt: boolean): {
    atMs: number;
    host: string;
    address: undefined;
    tls: undefined;
    reply: string;
    inDoubt: boolean;
  } {
    return {
      atMs: this.#nowMs,
      host: 'mx.test',
      address: undefined,
      tls: undefined,
      reply: '451 later',
      inDoubt,
    };
  }

  #id(n: number): QueueId {
    const random = new Uint8Array(10);
    new DataView(random.buffer).setUint32(0, this.#salt);
    random[9] = n;
    return makeId<QueueId>(startMs, random);
  }

  #entry(n: number, to: readonly string[]): QueueEntry {
    const { body, summary } = sampleMessage();
    return {
      id: this.#id(n),
      traceId: makeId<TraceId>(n, new Uint8Array(10)),
      receivedAtMs: this.#nowMs,
      from: undefined,
      recipients: to.map((name, i) => recipient(name, i)),
      body,
      summary,
      bodyType: '7bit',
      smtpUtf8: false,
      submitter: undefined,
      origin: 'inbound',
      expiresAtMs: this.#nowMs + 1e6,
    };
  }
}

function recipient(name: string, i: number): QueueRecipient {
  const domain = `${name}.test` as Domain;
  const to = address(`r${i}`, domain);
  return { address: to, original: to, route: name === 'local' ? localRoute : { kind: 'remote', domain } };
}

const localRoute: Route = {
  kind: 'local',
  account: makeId<AccountId>(1, new Uint8Array(10)),
  detail: undefined,
};
