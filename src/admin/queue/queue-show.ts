import { ok } from '#base/result.ts';
import { required } from '#config/key.ts';
import { operation } from '../operation.ts';
import { failed } from '../trouble-error.ts';
import { queueId } from './queue-id.ts';
import { renderQueueItem, showQueueItem } from './show-queue-item.ts';

export const queueShow = operation({
  name: 'queue show',
  looksOnly: true,
  meaning: 'One waiting message with the last attempt for each recipient.',
  input: { id: required(queueId, { meaning: 'Its queue id.' }) },
  async run(world, input) {
    const item = await world.store.queue.get(input.id);
    return item.ok
      ? ok(showQueueItem(item.value))
      : failed(item.error, { where: input.id, missing: 'queue-not-found' });
  },
  render: renderQueueItem,
});
