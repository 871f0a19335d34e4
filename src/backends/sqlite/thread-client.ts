import { err } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import type { Calls, OperationTable, Reply, Request } from './thread.ts';

/** Typed arrays from here on travel in replies by moving their memory (STORAGE §5); arguments stay their caller's. */
export const transferBytesMin = 65_536;

/**
 * The callers' side of a worker: numbers requests, sends those of one turn together, matches replies. What has to be
 * durable waits while the worker still syncs what came before, and shares the next commit: waking the other thread costs
 * more than what it is told.
 */
export interface Client<Table> {
  readonly call: Calls<Table>;
  receive(replies: readonly Reply[]): void;
  /** The worker is gone: everything under way and all that comes answers `unavailable`. */
  lost(detail: string): void;
  /** Sends what waits for the end of the turn. */
  flush(): void;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
}

interface Waiting {
  readonly resolve: (result: Result<unknown, Trouble>) => void;
  readonly reject: (error: Error) => void;
}

export interface ClientWiring {
  readonly names: readonly string[];
  /** Those of them that share a commit. */
  readonly durable: ReadonlySet<string>;
  /** Calls `flush` at the end of the turn. */
  readonly schedule: (flush: () => void) => void;
  readonly post: (batch: readonly Request[]) => void;
}

export function client<Table>(wiring: ClientWiring): Client<Table> {
  const waiting = new Map<number, Waiting>();
  let idleListeners: (() => void)[] = [];
  let batch: Request[] = [];
  /** Durable work that waits for the commit under way. */
  let gathered: Request[] = [];
  const committing = new Set<number>();
  let planned = false;
  let lastId = 0;
  let gone: Trouble | undefined;

  function flush(): void {
    planned = false;
    const requests = batch;
    batch = [];
    if (committing.size === 0) {
      for (const { id } of gathered) committing.add(id);
      requests.push(...gathered);
      gathered = [];
    }
    if (requests.length > 0) wiring.post(requests);
  }

  function plan(): void {
    if (planned) return;
    planned = true;
    wiring.schedule(flush);
  }

  function send(request: Request): void {
    const isDurable = wiring.durable.has(request.name);
    (isDurable ? gathered : batch).push(request);
    if (!isDurable || committing.size === 0) plan();
  }

  function request(name: string, args: unknown): Promise<Result<unknown, Trouble>> {
    if (gone !== undefined) return Promise.resolve(err(gone));
    return new Promise((resolve, reject) => {
      lastId += 1;
      waiting.set(lastId, { resolve, reject });
      send({ id: lastId, name, args });
    });
  }

  function settle(reply: Reply): void {
    const waiter = waiting.get(reply.id);
    waiting.delete(reply.id);
    committing.delete(reply.id);
    if ('bug' in reply) waiter?.reject(new Error(reply.bug));
    else waiter?.resolve(reply.result);
  }

  function tellIdle(): void {
    if (waiting.size > 0) return;
    const listeners = idleListeners;
    idleListeners = [];
    for (const listener of listeners) listener();
  }

  const call = Object.fromEntries(wiring.names.map((name) => [name, (args: unknown) => request(name, args)]));
  return {
    call: call as Calls<Table>,
    flush,
    receive(replies) {
      for (const reply of replies) settle(reply);
      if (gathered.length > 0 && committing.size === 0) plan();
      tellIdle();
    },
    lost(detail) {
      gone = { code: 'unavailable', detail };
      batch = [];
      gathered = [];
      for (const waiter of waiting.values()) waiter.resolve(err(gone));
      waiting.clear();
      tellIdle();
    },
    idle: () =>
      waiting.size === 0 ? Promise.resolve() : new Promise((resolve) => idleListeners.push(resolve)),
  };
}

/** The operations of a table whose replies wait for a shared sync. */
export function durableOf(operations: OperationTable<never>): ReadonlySet<string> {
  return new Set(Object.keys(operations).filter((name) => operations[name]?.durable === true));
}

/** The memory of large typed arrays among a value's own fields, to be moved with the message. */
export function transferables(messages: readonly unknown[]): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>();
  for (const message of messages) collect(message, found);
  return [...found];
}

function collect(value: unknown, found: Set<ArrayBuffer>): void {
  if (value === null || typeof value !== 'object') return;
  for (const field of [value, ...Object.values(value)]) {
    if (!ArrayBuffer.isView(field) || field.byteLength < transferBytesMin) continue;
    if (field.buffer instanceof ArrayBuffer && field.buffer.byteLength === field.byteLength)
      found.add(field.buffer);
  }
}
