import type { AccountId, TraceId } from '#base/id.ts';
import type { Result } from '#base/result.ts';
import type { Blobs } from '#platform/blobs.ts';
import type { TraceDelivery, TraceRecord } from '#trace/record.ts';
import type { TraceClass } from '#trace/trace-class.ts';
import type { Accounts, Aliases, Domains } from '#store/contract/accounts.ts';
import type { Changes, Mailboxes, Messages } from '#store/contract/messages.ts';
import type { Page } from '#store/contract/page.ts';
import type { Queue } from '#store/contract/queue.ts';
import type { Trouble } from '#store/contract/trouble.ts';

/**
 * The storage contract. All operations are asynchronous and atomic. Durable on return, but for
 * `messages.deliver` (see there) and traces and counters (a crash may lose the last seconds of them).
 */
export interface Store {
  readonly domains: Domains;
  readonly accounts: Accounts;
  readonly aliases: Aliases;
  readonly mailboxes: Mailboxes;
  readonly messages: Messages;
  readonly queue: Queue;
  readonly changes: Changes;
  readonly traces: Traces;
  readonly counters: Counters;
  readonly settings: Settings;
  readonly blobs: Blobs;
  /** Waits for what is under way, closes every file cleanly. */
  close(): Promise<void>;
}

export interface TraceFilter {
  readonly sinceMs?: number;
  readonly from?: string;
  readonly to?: string;
  readonly client?: string;
  readonly action?: string;
  readonly account?: AccountId;
}

export interface Traces {
  /** Buffered; written in lots. `owner`: sealed under that account's key. */
  add(record: TraceRecord, owner?: AccountId): void;
  /** Joins later deliveries to a record that may still be in the buffer. */
  delivered(id: TraceId, deliveries: readonly TraceDelivery[]): void;
  /** A whole id, or its first characters (ten suffice); `conflict` when several begin so. */
  get(id: string): Promise<Result<TraceRecord, Trouble>>;
  /** Newest first. */
  list(
    filter: TraceFilter,
    cursor: string | undefined,
    limit: number,
  ): Promise<Result<Page<TraceRecord>, Trouble>>;
  /**
   * Deletes those of each class that were recorded before its time, and the oldest beyond its count; returns how many
   * (S-11, S-09).
   */
  expire(
    beforeMs: Readonly<Record<TraceClass, number>>,
    countMax?: Readonly<Partial<Record<TraceClass, number>>>,
  ): Promise<Result<number, Trouble>>;
  flush(): Promise<void>;
}

/** Sliding windows of numbers by key (limits, failures, greylist). Keys are hashed under a secret before they are stored. */
export interface Counters {
  add(key: string, amount: number, windowMs: number, nowMs: number): Promise<Result<number, Trouble>>;
  read(keys: readonly string[], nowMs: number): Promise<Result<readonly number[], Trouble>>;
}

export interface SettingValue {
  readonly value: unknown;
  readonly version: number;
}

export interface Settings {
  get(name: string): Promise<Result<SettingValue | undefined, Trouble>>;
  list(): Promise<Result<ReadonlyMap<string, SettingValue>, Trouble>>;
  /** `ifVersion` 0: not set before. `value` undefined: back to the default. */
  set(name: string, value: unknown, ifVersion: number): Promise<Result<SettingValue, Trouble>>;
}
