import type { MailboxRecord } from '#store/contract/messages.ts';

/** A name of the hierarchy: a mailbox, a level that only has mailboxes below it, or a subscription to nothing. */
export interface ListEntry {
  readonly name: string;
  readonly record: MailboxRecord | undefined;
  readonly subscribed: boolean;
  hasChildren: boolean;
}

/** All names of an account by name, the missing levels between them filled in. */
export function listEntries(
  records: readonly MailboxRecord[],
  subscriptions: readonly string[],
): ReadonlyMap<string, ListEntry> {
  const entries = new Map<string, ListEntry>();
  for (const record of records) {
    entries.set(record.name, {
      name: record.name,
      record,
      subscribed: record.subscribed,
      hasChildren: false,
    });
  }
  for (const name of subscriptions) {
    if (!entries.has(name))
      entries.set(name, { name, record: undefined, subscribed: true, hasChildren: false });
  }
  for (const record of records) markParents(entries, record.name);
  return new Map([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function markParents(entries: Map<string, ListEntry>, name: string): void {
  for (let end = name.lastIndexOf('/'); end > 0; end = name.lastIndexOf('/', end - 1)) {
    const parent = name.slice(0, end);
    const known = entries.get(parent);
    // Whoever marked this parent before has marked those above it.
    if (known?.hasChildren === true) return;
    if (known !== undefined) known.hasChildren = true;
    else entries.set(parent, { name: parent, record: undefined, subscribed: false, hasChildren: true });
  }
}

/** The names of all levels above, innermost first. */
export function* parentNames(name: string): Iterable<string> {
  for (let end = name.lastIndexOf('/'); end > 0; end = name.lastIndexOf('/', end - 1))
    yield name.slice(0, end);
}
