import { pageKeys, listing, showListing } from '../paging.ts';
import { operation } from '../operation.ts';
import { showColumns, showSize } from '../show.ts';
import { showDomain } from './show-domain.ts';

export const domainList = operation({
  name: 'domain list',
  looksOnly: true,
  meaning: 'The domains that this server serves.',
  input: pageKeys,
  async run(world, input) {
    return listing(await world.store.domains.list(input.cursor, input.limit), showDomain);
  },
  render: (list) =>
    showListing(
      list,
      'No domain is served yet: postern domain add DOMAIN',
      showColumns(
        list.items.map((row) => [
          row.domain,
          row.quotaBytes === null ? 'no quota' : showSize(row.quotaBytes),
          row.dkim
            .filter((key) => key.active)
            .map((key) => key.selector)
            .join(', '),
          row.downstream === null ? '' : `to ${row.downstream}`,
        ]),
      ),
    ),
});
