import { err, ok } from '#base/result.ts';
import { required } from '#config/key.ts';
import { operation } from '../operation.ts';
import { failed, troubleError } from '../trouble-error.ts';
import { queueId } from './queue-id.ts';
import { renderQueueItem, showQueueItem } from './show-queue-item.ts';

export const queueDrop = operation({
  name: 'queue drop',
  meaning: 'Throw a waiting message away. Nobody is told.',
  input: { id: required(queueId, { meaning: 'Its queue id.' }) },
  async preview(world, input) {
    const item = await world.store.queue.get(input.id);
    if (!item.ok) return err(troubleError(item.error, { where: input.id, missing: 'queue-not-found' }));
    return ok([
      'This message will be thrown away, and nobody is told:',
      ...renderQueueItem(showQueueItem(item.value)),
    ]);
  },
  async run(world, input) {
    const dropped = await world.store.queue.drop(input.id);
    if (!dropped.ok) return failed(dropped.error, { where: input.id, missing: 'queue-not-found' });
    return ok({ id: input.id, dropped: true });
  },
  render: (output) => [`${output.id} is thrown away.`],
});
