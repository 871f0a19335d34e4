import { KeptRows } from '#policy/kept-rows.ts';
import { readRelayEntry } from '#policy/relay/read-relay-entry.ts';
import { RelayBook } from '#policy/relay/relay-book.ts';
import type { Settings } from '#store/contract/store.ts';
import type { World } from './world.ts';

/** Relay entries, for the server and for a lone command alike. */
export interface Relays {
  readonly book: RelayBook;
  /** Resolves when the last change is on disk. */
  kept(): Promise<void>;
}

export async function openRelays(settings: Settings, { clock, events }: World): Promise<Relays> {
  const kept = new KeptRows({
    settings,
    namePrefix: 'relay.kept_',
    failed: ({ code }) => events.emit({ name: 'store-trouble', code, what: 'relay entries', detail: code }),
    read: readRelayEntry,
  });
  const book = new RelayBook({ clock, changed: (network, entry) => kept.changed(network, entry) });
  book.restore(await kept.load());
  return { book, kept: () => kept.flush() };
}
