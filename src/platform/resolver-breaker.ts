import { andThen } from '#base/and-then.ts';
import { err } from '#base/result.ts';
import type { Awaitable, Result } from '#base/result.ts';
import type { Clock } from './clock.ts';
import type { DnsAnswer, DnsFailure, Resolver } from './resolver.ts';

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

  function heard(answer: Result<DnsAnswer, DnsFailure>): Awaitable<Result<DnsAnswer, DnsFailure>> {
    silences = answer.ok || answer.error !== 'timeout' ? 0 : silences + 1;
    return silences === silencesMax ? tryIt().then(() => answer) : answer;
  }

  return {
    ask(name, type, signal) {
      if (!isDead) return andThen(resolver.ask(name, type, signal), heard);
      if (clock.monotonic() < restsUntilMs) return err('timeout');
      return tryIt().then(() => (isDead ? err('timeout') : andThen(resolver.ask(name, type, signal), heard)));
    },
  };
}
