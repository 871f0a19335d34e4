import { operation } from '../operation.ts';
import { listing, pageKeys, showListing } from '../paging.ts';
import { showColumns } from '../show.ts';
import { showAlias } from './show-alias.ts';

export const aliasList = operation({
  name: 'alias list',
  looksOnly: true,
  meaning: 'All aliases.',
  input: pageKeys,
  async run(world, input) {
    return listing(await world.store.aliases.list(input.cursor, input.limit), showAlias);
  },
  render: (list) =>
    showListing(
      list,
      'There is no alias.',
      showColumns(list.items.map((row) => [row.address, row.targets.join(', ')])),
    ),
});
