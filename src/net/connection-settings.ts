import { duration } from '#config/kinds/duration.ts';
import { integer } from '#config/kinds/integer.ts';
import { setting } from '#config/setting.ts';
import { defaultLimits } from './connection-limits.ts';

const openMax = 1_000_000;
const zero = 'Zero switches the limit off.';

/** Settings of each listener's `ConnectionLimits`, by its names, where `flow.rows` says nothing closer; they count for the next connection (P-33). */
export const connectionSettings = {
  connectionsMax: setting(
    'connections.open_max',
    integer({ min: 0, max: openMax }),
    defaultLimits.connectionsMax,
    {
      meaning: `How many connections may be open at once on one listener. ${zero}`,
      requirements: ['P-29'],
    },
  ),
  perAddressMax: setting(
    'connections.per_address_max',
    integer({ min: 0, max: openMax }),
    defaultLimits.perAddressMax,
    {
      meaning: `How many may be open at once from one address (IPv6: one /64). ${zero}`,
      requirements: ['P-30'],
    },
  ),
  perNetworkMax: setting(
    'connections.per_network_max',
    integer({ min: 0, max: openMax }),
    defaultLimits.perNetworkMax,
    {
      meaning: `How many may be open at once from one neighbourhood (/24; IPv6: /56). ${zero}`,
      requirements: ['P-30'],
    },
  ),
  newMax: setting('connections.new_max', integer({ min: 0, max: openMax }), defaultLimits.newMax, {
    meaning: `How many new connections a listener takes in one interval. ${zero}`,
    requirements: ['P-31'],
  }),
  newPerAddressMax: setting(
    'connections.new_per_address_max',
    integer({ min: 0, max: openMax }),
    defaultLimits.newPerAddressMax,
    {
      meaning: `How many new connections one address may open in one interval. ${zero}`,
      requirements: ['P-31'],
    },
  ),
  reservePercent: setting('connections.reserve', integer({ min: 0, max: 90 }), 10, {
    meaning:
      'How many percent of the connections that may be open at once, or come in one interval, strangers leave to clients from which mail or a log-in was accepted lately.',
    requirements: ['S-09', 'P-29'],
  }),
  windowMs: setting(
    'connections.interval',
    duration({ minMs: 1000, maxMs: 3_600_000 }),
    defaultLimits.windowMs,
    { meaning: 'The interval in which new connections are counted.', requirements: ['P-31', 'I-92'] },
  ),
};
