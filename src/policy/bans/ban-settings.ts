import type { Network } from '#base/client-address.ts';
import { boolean } from '#config/kinds/boolean.ts';
import { duration } from '#config/kinds/duration.ts';
import { integer } from '#config/kinds/integer.ts';
import { ipNetwork } from '#config/kinds/ip-address.ts';
import { list } from '#config/kinds/list.ts';
import { union } from '#config/kinds/union.ts';
import { setting } from '#config/setting.ts';

import { intrusionKinds } from '../intrusion/intrusion-signs.ts';
import type { IntrusionKind } from '../intrusion/intrusion-signs.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;

export interface BanRules {
  readonly automatic: boolean;
  readonly firstMs: number;
  readonly longestMs: number;
  readonly rise: number;
  readonly connectionsMax: number;
  readonly openedMax: number;
  readonly connectionsWindowMs: number;
  readonly intrusions: readonly IntrusionKind[];
  readonly never: readonly Network[];
}

export const banDefaults: BanRules = {
  automatic: true,
  firstMs: 10 * minuteMs,
  longestMs: 7 * dayMs,
  rise: 4,
  connectionsMax: 300,
  openedMax: 5000,
  connectionsWindowMs: 10 * minuteMs,
  intrusions: ['smuggling', 'relay'],
  never: [],
};

/** Settings of bans; they count at once (I-83). */
export const banSettings = {
  automatic: setting('bans.automatic', boolean, banDefaults.automatic, {
    meaning: 'Whether clients are banned by themselves; bans by hand work in any case.',
    requirements: ['I-80', 'I-83'],
  }),
  firstMs: setting('bans.time_first', duration({ minMs: minuteMs, maxMs: 30 * dayMs }), banDefaults.firstMs, {
    meaning: 'How long a first ban lasts.',
    requirements: ['I-83'],
  }),
  longestMs: setting(
    'bans.time_max',
    duration({ minMs: minuteMs, maxMs: 365 * dayMs }),
    banDefaults.longestMs,
    { meaning: 'The longest that a client is banned without an administrator.', requirements: ['I-83'] },
  ),
  rise: setting('bans.rise', integer({ min: 1, max: 100 }), banDefaults.rise, {
    meaning: 'How many times longer each further ban within 30 days lasts.',
    requirements: ['I-80'],
  }),
  connectionsMax: setting(
    'bans.refused_connections_max',
    integer({ min: 0, max: 1_000_000 }),
    banDefaults.connectionsMax,
    {
      meaning:
        'Connections of one client that were refused by its own limits within `bans.connections_window`, after which it is banned. Zero: never.',
      requirements: ['I-83'],
    },
  ),
  openedMax: setting('bans.connections_max', integer({ min: 0, max: 10_000_000 }), banDefaults.openedMax, {
    meaning:
      'Connections of one client on all listeners within `bans.connections_window`, refused or not, after which it is banned. Zero: never.',
    requirements: ['I-83'],
  }),
  connectionsWindowMs: setting(
    'bans.connections_window',
    duration({ minMs: minuteMs, maxMs: dayMs }),
    banDefaults.connectionsWindowMs,
    { meaning: 'How long a connection counts.', requirements: ['I-83'] },
  ),
  intrusions: setting('bans.intrusions', list(union(intrusionKinds)), banDefaults.intrusions, {
    meaning: 'Kinds of intrusion (events `intrusion-…`) for which a client is banned at once.',
    requirements: ['I-87'],
  }),
  never: setting('bans.never', list(ipNetwork), banDefaults.never, {
    meaning: 'Networks that no ban touches, whoever made it.',
    requirements: ['I-83', 'N-10'],
  }),
};
