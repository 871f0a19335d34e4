import { availableParallelism } from 'node:os';
import { SharedEngine } from '#backends/system/shared-engine.ts';
import { systemClock } from '#backends/system/system-clock.ts';
import { systemRandom } from '#backends/system/system-random.ts';
import { createPublicKeyCache } from '#mailauth/dkim/public-key-cache.ts';
import { createPublishedRecords } from '#mailauth/published-records.ts';
import type { DnsServer } from '#net/dns/dns-exchange.ts';
import { createStubResolver } from '#net/dns/stub-resolver.ts';
import { withBreaker } from '#platform/resolver-breaker.ts';
import { authenticateMail } from '#policy/aside/authenticate-mail.ts';
import type { AuthenticatedMail, UnjudgedMail } from '#policy/aside/authenticate-mail.ts';
import type { EventSink } from '#trace/events.ts';

/** A thread of its own for DKIM and DMARC; none where there is one processor, on which it would only stand in the way. */
export function makeAuthenticationEngine(
  servers: readonly DnsServer[],
  events: EventSink,
): SharedEngine<UnjudgedMail, AuthenticatedMail> | undefined {
  if (availableParallelism() < 2) return undefined;
  const kind = { name: 'authentication', module: import.meta.url, setup: servers };
  return new SharedEngine(kind, (detail, restsMs) =>
    events.emit({ name: 'authentication-thread-lost', detail, restsMs }),
  );
}

/**
 * In that thread: the work, with a resolver and a memory of what domains publish of its own. It verifies every signature
 * itself: nobody but other signatures waits for it.
 */
export function open(servers: readonly DnsServer[]): (mail: UnjudgedMail) => Promise<AuthenticatedMail> {
  const clock = systemClock();
  const world = {
    resolver: withBreaker(createStubResolver({ servers, clock, random: systemRandom() }), clock),
    clock,
    keys: createPublicKeyCache(),
    records: createPublishedRecords(),
  };
  return (mail) => authenticateMail(mail, world);
}
