import { ok } from '#base/result.ts';
import { operation } from '../operation.ts';
import { showColumns } from '../show.ts';
import { relayWords, showRelay } from './show-relay.ts';

export const relayList = operation({
  name: 'relay list',
  looksOnly: true,
  meaning: 'Who may send through this server by address alone: until when, as whom, for whom and why.',
  input: {},
  async run(world) {
    const nowMs = world.clock.now();
    return ok({ items: world.relays.book.list().map((entry) => showRelay(entry, nowMs)) });
  },
  render: ({ items }) =>
    items.length === 0
      ? ['Nobody sends without a log-in.']
      : showColumns(
          items.map((row) => [row.network, row.holds ? `until ${row.until}` : 'has ended', relayWords(row)]),
        ),
});
