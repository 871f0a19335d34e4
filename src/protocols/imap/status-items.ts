import type { MailboxStatus } from '#store/contract/messages.ts';
import type { Cursor } from './grammar/cursor.ts';
import { atom, list } from './grammar/strings.ts';
import { encodeName } from './grammar/mailbox-name.ts';
import { wireMailbox } from './response/wire.ts';
import type { AccountWorld } from './world.ts';

/** One `status-att` (RFC 9051 §6.3.11). */
export interface StatusItem {
  readonly name: string;
  readonly provides?: readonly string[];
  value(status: MailboxStatus): number;
}

export const statusItems: readonly StatusItem[] = [
  { name: 'MESSAGES', value: (status) => status.messages },
  { name: 'UIDNEXT', value: (status) => status.uidNext },
  { name: 'UIDVALIDITY', value: (status) => status.uidValidity },
  { name: 'UNSEEN', value: (status) => status.unseen },
  { name: 'DELETED', value: (status) => status.deleted },
  { name: 'SIZE', provides: ['STATUS=SIZE'], value: (status) => status.sizeBytes },
  // RFC 3501 only: see standards/decisions.md, "\Recent".
  { name: 'RECENT', value: () => 0 },
];

const byName = new Map(statusItems.map((item) => [item.name, item]));

/** `"(" status-att *(SP status-att) ")"`. */
export function statusList(cursor: Cursor): StatusItem[] {
  return list(cursor, { max: 32, what: 'a list of status items' }, (cursor) => {
    const start = cursor.at;
    const item = byName.get(atom(cursor, 'a status item').toUpperCase());
    if (item !== undefined) return item;
    cursor.at = start;
    return cursor.fail('a status item');
  });
}

export function formatStatus(
  world: AccountWorld,
  mailbox: { readonly name: string; readonly status: MailboxStatus },
  items: readonly StatusItem[],
): string {
  const values = items.map((item) => `${item.name} ${item.value(mailbox.status)}`);
  return `* STATUS ${wireMailbox(encodeName(mailbox.name, world.coding))} (${values.join(' ')})\r\n`;
}
