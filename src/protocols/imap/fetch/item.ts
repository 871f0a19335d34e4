import type { MessageRow, Need } from '#store/contract/messages.ts';
import type { Cursor } from '../grammar/cursor.ts';
import type { Done } from '../response/done.ts';
import type { WireWriter } from '../response/output-writer.ts';
import type { SelectedWorld } from '../world.ts';

/** One row of the fetch table (RFC 9051 §6.4.5). */
export interface FetchItem {
  /** As it is written before any bracket, upper case. */
  readonly name: string;
  readonly provides?: readonly string[];
  /** Reads what follows the name: section and partial. */
  read(cursor: Cursor): FetchPart;
}

/** An item as it was asked for. */
export interface FetchPart {
  /** What it takes from the store; a FETCH reads the union of its parts once. */
  readonly needs: readonly (Need | 'row')[];
  /**
   * Set where what is written depends on the message alone, which never changes: the same name, the same text. Such a
   * part writes all at once, so that its text can be kept.
   */
  readonly keptAs?: string;
  /** Can it be written without the row that it needs? */
  hasText?(uid: number): boolean;
  /** Not peeking: the message becomes \Seen (RFC 9051 §6.4.5). */
  readonly setsSeen?: boolean;
  /** Told by FLAGS itself, so that an implicit \Seen need not be told beside it. */
  readonly tellsFlags?: boolean;
  readonly tellsUid?: boolean;
  /** Writes `name SP value`; what is too large to be at hand comes back as pieces to be sent at this place. */
  write(out: WireWriter, message: FetchedMessage): AsyncIterable<Uint8Array> | undefined;
}

/** A message while it is written. */
export interface FetchedMessage {
  readonly world: SelectedWorld;
  readonly sequence: number;
  readonly uid: number;
  /** Bits of the flags as the shared view has them. */
  readonly bits: number;
  /** `undefined` when no part needs it. */
  readonly row: MessageRow | undefined;
  /** Keeps the tagged reply from being OK; the other items are told all the same. */
  refuse(done: Done): void;
}

/** What a part with needs may rely on. */
export function rowOf(message: FetchedMessage): MessageRow {
  if (message.row === undefined) throw new Error('a fetch part without needs asked for its row');
  return message.row;
}
