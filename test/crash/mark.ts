import { writeSync } from 'node:fs';
import type { AccountId, MailboxId } from '#base/id.ts';
import type { FlagChange } from '#store/contract/messages.ts';

/** A mailbox as a client was told of it. */
export interface Box {
  readonly id: MailboxId;
  readonly name: string;
  readonly uidValidity: number;
}

/** A message by the hash of what was sent: every body of a recording is another. */
export type Hash = string;

/** What a client asks of the store; between `try` and `done` it may have happened or not. */
export type Attempt =
  | { readonly kind: 'account'; readonly account?: AccountId }
  | { readonly kind: 'queue'; readonly hash: Hash; readonly accounts: readonly AccountId[] }
  | (Mailbox & { readonly kind: 'append'; readonly hash: Hash; readonly flags: readonly string[] })
  | (Mailbox & { readonly kind: 'flags'; readonly uids: readonly number[]; readonly change: FlagChange })
  | (Mailbox & { readonly kind: 'expunge'; readonly uids: readonly number[] })
  | (Mailbox & { readonly kind: 'copy' | 'move'; readonly uids: readonly number[]; readonly to: MailboxId })
  | { readonly kind: 'create-mailbox'; readonly account: AccountId; readonly name: string }
  | (Mailbox & { readonly kind: 'rename-mailbox'; readonly name: string })
  | (Mailbox & { readonly kind: 'remove-mailbox' });

export interface Mailbox {
  readonly account: AccountId;
  readonly mailbox: MailboxId;
}

/** What came back: from here on it holds, whatever happens. */
export interface Done {
  readonly account?: AccountId;
  readonly boxes?: readonly Box[];
  readonly uids?: readonly number[];
  readonly pairs?: readonly (readonly [number, number])[];
}

/** What the workload was promised or shown, in its own order. */
export type Mark =
  | { readonly t: 'try'; readonly n: number; readonly attempt: Attempt }
  | { readonly t: 'done'; readonly n: number; readonly done: Done }
  /** A reader saw this message under this UID, in this state. */
  | (Mailbox & {
      readonly t: 'seen';
      readonly uidValidity: number;
      readonly uid: number;
      readonly hash: Hash;
    })
  | (Mailbox & {
      readonly t: 'state';
      readonly uid: number;
      readonly modseq: number;
      readonly flags: readonly string[];
    })
  | (Mailbox & { readonly t: 'high'; readonly modseq: number; readonly uidNext: number });

export type Tell = (mark: Mark) => void;

/** One write for each mark, so that it stands in the recording where it was made. */
export function markWriter(file: number): Tell {
  return (mark) => void writeSync(file, `${JSON.stringify(mark)}\n`);
}

export function readMark(text: string): Mark {
  return JSON.parse(text) as Mark;
}
