import type { QueueId } from '#base/id.ts';
import { parseId } from '#base/id.ts';
import { err, ok } from '#base/result.ts';
import type { Kind } from '#config/kind.ts';
import { problem } from '#config/kind.ts';

const description = 'a queue id of 26 letters and digits';

export const queueId: Kind<QueueId> = {
  description,
  read(value) {
    const id = typeof value === 'string' ? parseId<QueueId>(value) : undefined;
    return id === undefined ? err(problem(`must be ${description}`)) : ok(id);
  },
  fromText: (text) => text.trim(),
  write: (value) => value,
};
