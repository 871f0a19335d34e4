import { duration } from '#config/kinds/duration.ts';
import { setting } from '#config/setting.ts';

const dayMs = 86_400_000;

/** How long traces are kept (S-11). */
export const traceSettings = {
  keptMs: setting('trace.kept', duration({ minMs: dayMs, maxMs: 3650 * dayMs }), 30 * dayMs, {
    meaning: 'How long the decision traces of messages, attempts and log-ins are kept.',
    requirements: ['S-11'],
  }),
};
