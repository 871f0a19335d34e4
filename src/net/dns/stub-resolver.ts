import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Clock } from '#platform/clock.ts';
import type { Random } from '#platform/random.ts';
import type { DnsAnswer, DnsFailure, DnsRecord, RecordType, Resolver } from '#platform/resolver.ts';
import { AnswerCache } from './answer-cache.ts';
import { askServers } from './ask-servers.ts';
import type { AskFailure, AskTimes } from './ask-servers.ts';
import type { DnsServer } from './dns-exchange.ts';
import { canonicalName } from './dns-name.ts';
import { createLocalSockets } from './local-sockets.ts';
import { readAnswer } from './read-answer.ts';

export interface StubResolverParts {
  /** In the order they are asked. */
  readonly servers: readonly DnsServer[];
  readonly clock: Clock;
  readonly random: Random;
  readonly times?: AskTimes;
}

/** RFC 9520 §3.2: a failure is kept for a moment, so that a broken zone is not asked again and again. */
const failureKeptMs = 5_000;

interface Known {
  readonly result: Result<readonly DnsRecord[], Exclude<DnsFailure, 'budget'>>;
  readonly authenticated: boolean;
}

/**
 * A stub resolver (RFC 1034 §5.3.1): asks the configured recursive servers, follows CNAMEs inside an answer, keeps
 * answers for their TTL and absences by the SOA's minimum (RFC 2308), and asks the same question only once at a time.
 */
export function createStubResolver(parts: StubResolverParts): Resolver {
  const cache = new AnswerCache<Known>(() => parts.clock.monotonic());
  const asking = { ...parts, exchangeUdp: createLocalSockets(parts.servers) };
  const flights = new Map<string, Promise<Result<DnsAnswer, DnsFailure>>>();

  const look = async (
    name: string,
    type: RecordType,
    key: string,
  ): Promise<Result<DnsAnswer, DnsFailure>> => {
    try {
      const asked = await askServers(asking, name, type);
      if (!asked.ok) {
        const value = { result: err(failureOf(asked.error)), authenticated: false };
        cache.set(type, name, { value, ttlMs: failureKeptMs, sizeBytes: 0 });
        return value.result;
      }
      const { reply, server } = asked.value;
      const { result, ttlS, keptBytes } = readAnswer(reply, name, type);
      const value = { result, authenticated: reply.authenticData && server.trustAd };
      cache.set(type, name, { value, ttlMs: ttlS * 1000, sizeBytes: keptBytes });
      return answerOf(value, ttlS * 1000);
    } finally {
      flights.delete(key);
    }
  };

  return {
    ask(text, type, signal) {
      const name = canonicalName(text);
      if (name === undefined) return err('nxdomain');
      const kept = cache.get(type, name);
      if (kept !== undefined) return answerOf(kept.value, kept.leftMs);
      const key = `${type} ${name}`;
      let flight = flights.get(key);
      if (flight === undefined) {
        flight = look(name, type, key);
        flights.set(key, flight);
      }
      return signal === undefined ? flight : Promise.race([flight, aborted(signal, flight)]);
    },
  };
}

function answerOf(known: Known, ttlMs: number): Result<DnsAnswer, DnsFailure> {
  if (!known.result.ok) return known.result;
  return ok({ records: known.result.value, ttlMs, authenticated: known.authenticated });
}

function failureOf(failure: AskFailure): 'servfail' | 'timeout' {
  return failure === 'timeout' ? 'timeout' : 'servfail';
}

/** An asker that gives up; the question goes on for the others and for the cache. */
function aborted(signal: AbortSignal, flight: Promise<unknown>): Promise<Result<never, DnsFailure>> {
  return new Promise((resolve) => {
    const giveUp = (): void => resolve(err('timeout'));
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
    void flight.finally(() => signal.removeEventListener('abort', giveUp));
  });
}
