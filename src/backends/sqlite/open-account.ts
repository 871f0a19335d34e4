import type { StatementSync } from 'node:sqlite';
import type { AccountId, MailboxId } from '#base/id.ts';
import type { KeptShelf } from '#base/kept-shelf.ts';
import type { SpecialUse } from '#store/contract/messages.ts';
import type { PurposeKey } from '#store/sealing/purpose-key.ts';
import type { KeyedHash } from '#store/sealing/keyed-hash.ts';
import type { RecordSealer } from '#store/sealing/record-sealer.ts';
import type { CellStatement } from './cell-statement.ts';
import type { DatabaseFile } from './database-file.ts';
import type { SizeMask } from './size-mask.ts';
import type { WorkerContext } from './thread.ts';

/** A mailbox's numbers, or the account's (row 0, whose `next` is the next MODSEQ). */
export interface Counter {
  readonly number: number;
  /** The next UID or MODSEQ. */
  next: number;
  /** Written: numbers below it are reserved. */
  mark: number;
  /** Known to be on disk; only numbers below it are given out (STORAGE §2). */
  durable: number;
  /** Highest MODSEQ of the mailbox. */
  modseq: number;
  messages: number;
  unseen: number;
  deleted: number;
  bytes: number;
  dirty: boolean;
}

/** The key that seals an account's records, and those that it has replaced. */
export interface AccountKey extends PurposeKey {
  readonly retired?: readonly PurposeKey[];
}

export interface MailboxState {
  readonly number: number;
  readonly id: MailboxId;
  readonly uidValidity: number;
  name: string;
  readonly specialUse: SpecialUse | undefined;
  keywords: readonly string[];
  readonly counter: Counter;
}

/** The texts of a search segment, opened. */
export interface SegmentTexts {
  /** All of them, one after the other. */
  readonly all: Buffer;
  readonly texts: ReadonlyMap<number, Buffer>;
}

/** An account's open file in its storage thread: the only owner, so what it remembers is what is written. */
export interface AccountFile {
  readonly id: AccountId;
  readonly file: DatabaseFile;
  readonly context: WorkerContext;
  readonly sealer: RecordSealer;
  readonly sizes: SizeMask;
  readonly hashes: {
    readonly ledger: KeyedHash;
    readonly appended: KeyedHash;
    readonly subscription: KeyedHash;
  };
  /** Prepared once per text. */
  readonly sql: (text: string) => StatementSync;
  /** The same, for rows as lists. */
  readonly cells: (text: string) => CellStatement;
  /** Headers of segments that were searched just now, by segment: who searches once mostly does so again. */
  readonly heads: KeptShelf<number, SegmentTexts>;
  counters: Map<number, Counter>;
  mailboxes: Map<MailboxId, MailboxState>;
  /** Names, once they were asked for: opening thousands of them takes its time. */
  subscriptions: readonly string[] | undefined;
}
