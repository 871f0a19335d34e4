import { err } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Clock } from './clock.ts';
import type { DnsAnswer, DnsFailure, Resolver, ResolverBudget } from './resolver.ts';

/** S-09: one DNS budget per message. */
export const messageDnsBudget: ResolverBudget = { queriesMax: 120, totalMs: 20_000 };

/**
 * A resolver that answers `budget` once so many questions were asked or so much time has passed; make one per
 * message. A question that is under way when the time is over ends then. A resolver that has a timer of its own keeps
 * the budget itself.
 */
export function withBudget(
  resolver: Resolver,
  clock: Clock,
  budget: ResolverBudget = messageDnsBudget,
): Resolver {
  if (resolver.within !== undefined) return resolver.within(budget);
  let queriesLeft = budget.queriesMax;
  let endsAtMs: number | undefined;
  return {
    ask(name, type, signal) {
      endsAtMs ??= clock.monotonic() + budget.totalMs;
      const leftMs = endsAtMs - clock.monotonic();
      if (queriesLeft <= 0 || leftMs <= 0) return err('budget');
      queriesLeft -= 1;
      const answer = resolver.ask(name, type, signal);
      return answer instanceof Promise ? inTime(answer, clock, leftMs) : answer;
    },
  };
}

async function inTime(
  asked: Promise<Result<DnsAnswer, DnsFailure>>,
  clock: Clock,
  leftMs: number,
): Promise<Result<DnsAnswer, DnsFailure>> {
  const over = new AbortController();
  const ended = clock.sleep(leftMs, over.signal).then(() => err('budget' as const));
  const first = await Promise.race([asked, ended]);
  over.abort('answered');
  return first;
}
