import { err } from '#base/result.ts';
import type { Clock } from './clock.ts';
import type { Resolver } from './resolver.ts';

/** So many questions in a row that nobody answered: the resolver is dead. */
const silencesMax = 3;
/** How long nobody asks a dead resolver; then one question tries it again. */
const restMs = 30_000;

/**
 * A resolver that remembers that nobody answers: then questions fail at once instead of each waiting its time, until one
 * finds it alive (P-28). Every answer, a failure of the name too, is a sign of life; only silence is none.
 */
export function withBreaker(resolver: Resolver, clock: Pick<Clock, 'monotonic'>): Resolver {
  let silences = 0;
  let restsUntilMs = 0;
  return {
    async ask(name, type, signal) {
      const nowMs = clock.monotonic();
      if (silences >= silencesMax) {
        if (nowMs < restsUntilMs) return err('timeout');
        // This question tries whether it is alive; those beside it do not wait for it.
        restsUntilMs = nowMs + restMs;
      }
      const answer = await resolver.ask(name, type, signal);
      if (answer.ok || answer.error !== 'timeout') {
        silences = 0;
      } else {
        silences += 1;
        restsUntilMs = clock.monotonic() + restMs;
      }
      return answer;
    },
  };
}
