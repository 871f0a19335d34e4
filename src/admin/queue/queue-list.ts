import { optional } from '#config/key.ts';
import { domain } from '#config/kinds/domain.ts';
import { union } from '#config/kinds/union.ts';
import type { QueueFilter } from '#store/contract/queue.ts';
import { operation } from '../operation.ts';
import { listing, pageKeys, showListing } from '../paging.ts';
import { renderQueueItem, showQueueItem } from './show-queue-item.ts';

export const queueList = operation({
  name: 'queue list',
  looksOnly: true,
  meaning: 'The messages that wait, and why, in the words of the servers that would not take them.',
  input: {
    ...pageKeys,
    state: optional(union(['waiting', 'leased', 'held']), {
      meaning: 'Only those with a recipient in this state.',
    }),
    domain: optional(domain, { meaning: 'Only those for this domain.' }),
  },
  async run(world, input) {
    const filter: QueueFilter = {
      ...(input.state === undefined ? {} : { state: input.state }),
      ...(input.domain === undefined ? {} : { domain: input.domain }),
    };
    return listing(await world.store.queue.list(filter, input.cursor, input.limit), showQueueItem);
  },
  render: (list) => showListing(list, 'Nothing waits.', list.items.flatMap(renderQueueItem)),
});
