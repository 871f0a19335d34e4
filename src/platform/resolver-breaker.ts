import { err } from '#base/result.ts';
import type { Clock } from './clock.ts';
import type { Resolver } from './resolver.ts';

/** So many questions in a row that nobody answered: the resolver may be dead. */
const silencesMax = 3;
/** How long nobody asks a dead resolver; then it is tried again. */
const restMs = 30_000;
/** Every living resolver has the answer at hand, and whoever sends mail cannot keep it from us. */
const signOfLife = { name: 'arpa', type: 'NS' } as const;

/**
 * A resolver that remembers that nobody answers: then questions fail at once instead of each waiting its time, until one
 * finds it alive (P-28). Every answer, a failure of the name too, is a sign of life; silence is none, but proves nothing
 * either: the names of a message lie in zones of its sender's choice, who could make them silent to blind us for the next
 * message. So the resolver counts as dead only when it is silent about a name that is nobody's.
 */
export function withBreaker(resolver: Resolver, clock: Pick<Clock, 'monotonic'>): Resolver {
  let silences = 0;
  let isDead = false;
  let restsUntilMs = 0;

  async function tryIt(): Promise<void> {
    // Those who ask beside it do not wait for the answer.
    restsUntilMs = clock.monotonic() + restMs;
    const answer = await resolver.ask(signOfLife.name, signOfLife.type);
    isDead = !answer.ok && answer.error === 'timeout';
    silences = 0;
    restsUntilMs = clock.monotonic() + restMs;
  }

  return {
    known(name, type) {
      if (isDead) return undefined;
      const answer = resolver.known?.(name, type);
      // A silence that is remembered is counted where it is asked for.
      if (answer === undefined || (!answer.ok && answer.error === 'timeout')) return undefined;
      silences = 0;
      return answer;
    },
    async ask(name, type, signal) {
      if (isDead && clock.monotonic() >= restsUntilMs) await tryIt();
      if (isDead) return err('timeout');
      const answer = await resolver.ask(name, type, signal);
      silences = answer.ok || answer.error !== 'timeout' ? 0 : silences + 1;
      if (silences === silencesMax) await tryIt();
      return answer;
    },
  };
}
