import { boolean } from '#config/kinds/boolean.ts';
import { duration } from '#config/kinds/duration.ts';
import { integer } from '#config/kinds/integer.ts';
import { list } from '#config/kinds/list.ts';
import { setting } from '#config/setting.ts';
import { automaticEntriesMax } from './local-list-book.ts';
import { trapKind } from './trap.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** How the local block list is fed by what happens (P-25). */
export const feedSettings = {
  automatic: setting('lists.feed', boolean, true, {
    meaning:
      'Mail to traps, repeated offences and reports of users bring clients (and proven authors) onto the local block list for a while.',
    requirements: ['P-25'],
  }),
  traps: setting('lists.traps', list(trapKind, { itemsMax: 1000 }), [] as readonly string[], {
    meaning:
      'Addresses, or patterns of them, that nobody has and nobody gives away: mail to them feeds the block list. Keep them secret. Where one belongs to somebody, the mail is delivered too.',
    requirements: ['P-25'],
  }),
  eventsMin: setting('lists.feed_events', integer({ min: 1, max: 100 }), 3, {
    meaning:
      'So many messages to traps, offences or reports (each of another user) within the window make an entry.',
    requirements: ['P-25'],
  }),
  windowMs: setting('lists.feed_window', duration({ minMs: hourMs, maxMs: 7 * dayMs }), dayMs, {
    meaning: 'The window within which they count together.',
    requirements: ['P-25'],
  }),
  forMs: setting('lists.feed_for', duration({ minMs: hourMs, maxMs: 90 * dayMs }), 7 * dayMs, {
    meaning: 'How long an entry that nobody made by hand lasts.',
    requirements: ['P-25'],
  }),
  entriesMax: setting('lists.feed_max', integer({ min: 1, max: automaticEntriesMax }), 1_000, {
    meaning:
      'Entries that nobody made by hand; beyond it the network or domain that has the most of them makes room, the one that ends first.',
    requirements: ['P-25'],
  }),
};

export interface FeedRules {
  readonly automatic: boolean;
  readonly traps: readonly string[];
  readonly eventsMin: number;
  readonly windowMs: number;
  readonly forMs: number;
  readonly entriesMax: number;
}
