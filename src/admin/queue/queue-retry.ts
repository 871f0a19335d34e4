import { ok } from '#base/result.ts';
import { required } from '#config/key.ts';
import { operation } from '../operation.ts';
import { failed } from '../trouble-error.ts';
import { queueId } from './queue-id.ts';

export const queueRetry = operation({
  name: 'queue retry',
  meaning: 'Try a waiting or held message again now.',
  input: { id: required(queueId, { meaning: 'Its queue id.' }) },
  async run(world, input) {
    const changed = await world.store.queue.change(input.id, { action: 'retry', nowMs: world.clock.now() });
    if (!changed.ok) return failed(changed.error, { where: input.id, missing: 'queue-not-found' });
    world.notices.queueChanged();
    return ok({ id: input.id, retried: true });
  },
  render: (output) => [`${output.id} is tried again now; see: postern queue show ${output.id}`],
});
