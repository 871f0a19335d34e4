import { ok } from '#base/result.ts';
import { defaulted, optional } from '#config/key.ts';
import { integer } from '#config/kinds/integer.ts';
import { pageItemsMax } from '#store/contract/page.ts';
import { operation } from '../operation.ts';
import { pageKeys, showListing } from '../paging.ts';
import { showColumns } from '../show.ts';
import { banNetworkKind } from './ban-network.ts';
import { banWords, showBan } from './show-ban.ts';

export const banList = operation({
  name: 'ban list',
  looksOnly: true,
  meaning: 'Who is not let in, until when and why; the newest first.',
  input: {
    network: optional(banNetworkKind, { meaning: 'Only this one.' }),
    limit: defaulted(integer({ min: 1, max: pageItemsMax }), 100, pageKeys.limit),
    cursor: pageKeys.cursor,
  },
  async run(world, input) {
    const bans = world.bans.book
      .list()
      .filter(({ network }) => input.network === undefined || network === input.network);
    const after =
      input.cursor === undefined ? 0 : bans.findIndex(({ network }) => network === input.cursor) + 1;
    const page = bans.slice(after, after + input.limit);
    const isLast = after + input.limit >= bans.length;
    return ok({ items: page.map(showBan), next: isLast ? null : (page.at(-1)?.network ?? null) });
  },
  render: (list) =>
    showListing(
      list,
      'Nobody is banned.',
      showColumns(list.items.map((row) => [row.network, row.until ?? 'until lifted', banWords(row)])),
    ),
});
