import type { Network } from '#base/client-address.ts';
import { BanBook } from '#policy/bans/ban-book.ts';
import { banSettings } from '#policy/bans/ban-settings.ts';
import { BanStore } from '#policy/bans/ban-store.ts';
import type { Settings } from '#store/contract/store.ts';
import type { LiveSettings } from '../live-settings.ts';
import type { World } from './world.ts';

export interface Bans {
  readonly book: BanBook;
  /** Resolves when the last change is on disk. */
  kept(): Promise<void>;
  /** Who wants to know that a ban was lifted by hand. */
  lifted: (network: Network) => void;
}

/** The bans as they were kept, for the server and for a lone command alike. */
export async function openBans(
  stored: Settings,
  settings: LiveSettings,
  { clock, events }: World,
): Promise<Bans> {
  const store = new BanStore(stored, ({ code }) =>
    events.emit({ name: 'store-trouble', code, what: 'bans', detail: code }),
  );
  const book = new BanBook({
    clock,
    events,
    rules: settings.view(banSettings),
    changed: (network, ban) => store.changed(network, ban),
    lifted: (network) => bans.lifted(network),
  });
  const bans: Bans = { book, kept: () => store.flush(), lifted: () => undefined };
  book.restore(await store.load());
  return bans;
}
