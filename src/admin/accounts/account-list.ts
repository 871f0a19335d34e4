import { operation } from '../operation.ts';
import { listing, pageKeys, showListing } from '../paging.ts';
import { showColumns, showSize } from '../show.ts';
import { showAccount } from './show-account.ts';

export const accountList = operation({
  name: 'account list',
  looksOnly: true,
  meaning: 'All accounts.',
  input: pageKeys,
  async run(world, input) {
    return listing(await world.store.accounts.list(input.cursor, input.limit), showAccount);
  },
  render: (list) =>
    showListing(
      list,
      'There is no account yet: postern account add ADDRESS',
      showColumns(
        list.items.map((row) => [
          row.address,
          row.state,
          row.quotaBytes === null ? 'no quota' : showSize(row.quotaBytes),
          row.administers.length === 0 ? '' : `administers ${row.administers.join(', ')}`,
        ]),
      ),
    ),
});
