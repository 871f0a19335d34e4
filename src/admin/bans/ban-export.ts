import { ok } from '#base/result.ts';
import { defaulted } from '#config/key.ts';
import { union } from '#config/kinds/union.ts';
import { nftTable } from '#policy/bans/nft-table.ts';
import { operation } from '../operation.ts';

export const banExport = operation({
  name: 'ban export',
  looksOnly: true,
  meaning:
    'The bans for the packet filter of this machine, with the rules and limits of flow control against floods.',
  input: {
    format: defaulted(union(['nft', 'list']), 'nft', {
      meaning: '`nft`: a table for "nft -f -"; `list`: one network on each line, for other filters.',
      requirements: ['I-81', 'I-82', 'I-91'],
    }),
  },
  async run(world, input) {
    const bans = world.bans.book.list();
    if (input.format === 'list') return ok({ text: bans.map(({ network }) => network).join('\n') });
    const text = nftTable({ bans, nowMs: world.clock.now(), ...world.bans.packetFilter() });
    return ok({ text });
  },
  render: ({ text }) => (text === '' ? [] : text.split('\n')),
});
