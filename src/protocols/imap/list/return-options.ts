import type { Cursor } from '../grammar/cursor.ts';
import { statusList } from '../status-items.ts';
import type { StatusItem } from '../status-items.ts';

/** What a LIST tells beyond names (RFC 9051 §6.3.9.2). */
export interface ListReturns {
  subscribed: boolean;
  status: readonly StatusItem[];
}

export interface ListReturnOption {
  readonly name: string;
  readonly provides?: readonly string[];
  /** Reads what follows the option's name. */
  read(cursor: Cursor, returns: ListReturns): void;
}

export const listReturnOptions: readonly ListReturnOption[] = [
  {
    name: 'SUBSCRIBED',
    provides: ['LIST-EXTENDED'],
    read: (_, returns) => {
      returns.subscribed = true;
    },
  },
  // \HasChildren, \HasNoChildren and the special uses cost nothing and are always told (RFC 3348 §3, RFC 6154 §2).
  { name: 'CHILDREN', provides: ['CHILDREN'], read: () => undefined },
  { name: 'SPECIAL-USE', provides: ['SPECIAL-USE'], read: () => undefined },
  {
    name: 'STATUS',
    provides: ['LIST-STATUS'],
    read: (cursor, returns) => {
      cursor.space();
      returns.status = statusList(cursor);
    },
  },
];
