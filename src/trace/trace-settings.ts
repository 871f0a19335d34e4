import { duration } from '#config/kinds/duration.ts';
import type { Setting } from '#config/setting.ts';
import { setting } from '#config/setting.ts';
import type { TraceClass } from './trace-class.ts';

const dayMs = 86_400_000;

function kept(name: string, days: number, meaning: string): Setting<number> {
  const kind = duration({ minMs: dayMs, maxMs: 3650 * dayMs });
  return setting(name, kind, days * dayMs, { meaning, requirements: ['S-11'] });
}

export type TraceCounts = Readonly<Partial<Record<TraceClass, number>>>;

/**
 * Of what anybody can make as fast as he likes, refused mail and failed log-ins, at most so many traces are kept, however
 * young: about 250 and 100 MB (S-09). The oldest go; of accepted mail none does before its time.
 */
export const traceKeptMax = { refused: 250_000, security: 100_000 } as const satisfies TraceCounts;

/** How long traces are kept (S-11). */
export const traceSettings: Readonly<Record<TraceClass, Setting<number>>> = {
  delivered: kept(
    'trace.delivered_kept',
    30,
    'How long the decision traces of accepted mail are kept; then they are deleted.',
  ),
  refused: kept('trace.refused_kept', 14, 'The same for mail and attempts that were refused or deferred.'),
  security: kept('trace.security_kept', 90, 'The same for logins and connections.'),
};
