import type { Clock } from '#platform/clock.ts';
import type { Counters } from '#store/contract/store.ts';
import type { SendRequest } from './transport.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** S-08: how long a host is remembered as one that speaks TLS. */
const workedWindowMs = 30 * dayMs;
/** S-08: so long it must have failed before clear text is allowed to such a host. */
const failingMs = dayMs;
/** How far back failures and successes are told apart by the hour. */
const hoursBack = 7 * 24;
/** Hosts whose last success is remembered here, so that not every delivery is a write. */
const recentHostsMax = 1_000;

/**
 * Which hosts spoke TLS, and since when it fails (S-08): where it worked in the last 30 days it must work, until it has
 * failed for 24 hours; where it never worked, the attempt after a failed one may be in the clear.
 */
export interface TlsMemory {
  mode(host: string): Promise<SendRequest['tls']>;
  worked(host: string): Promise<void>;
  failed(host: string): Promise<void>;
}

export function createTlsMemory(counters: Counters, clock: Clock): TlsMemory {
  const recent = new Map<string, number>();
  const hour = (): number => Math.floor(clock.now() / hourMs);
  const add = async (key: string, windowMs: number): Promise<void> => {
    await counters.add(key, 1, windowMs, clock.now());
  };
  const record = async (what: 'worked' | 'failed', host: string): Promise<void> => {
    await add(`outbound-tls ${what} ${host} ${hour()}`, hoursBack * hourMs);
  };
  /** Hours, newest first, in which it happened. */
  const hoursOf = async (what: 'worked' | 'failed', host: string): Promise<readonly number[]> => {
    const now = hour();
    const hours = Array.from({ length: hoursBack }, (_, ago) => now - ago);
    const read = await counters.read(
      hours.map((at) => `outbound-tls ${what} ${host} ${at}`),
      clock.now(),
    );
    return read.ok ? hours.filter((_, at) => (read.value[at] ?? 0) > 0) : [];
  };
  /** Within the hour, and not failed since. */
  const workedLately = (host: string): boolean => {
    const atMs = recent.get(host);
    return atMs !== undefined && clock.monotonic() - atMs < hourMs;
  };
  return {
    async mode(host) {
      if (workedLately(host)) return 'encrypted';
      const keys = [`outbound-tls worked ${host}`, `outbound-tls failed ${host}`];
      const read = await counters.read(keys, clock.now());
      // Without memory nothing is allowed that a memory might forbid.
      if (!read.ok) return 'opportunistic';
      const [worked = 0, failed = 0] = read.value;
      if (failed <= 0) return worked > 0 ? 'encrypted' : 'opportunistic';
      if (worked <= 0) return 'clear';
      const [lastWorked = -Infinity] = await hoursOf('worked', host);
      const since = (await hoursOf('failed', host)).findLast((at) => at > lastWorked);
      return since !== undefined && hour() - since > failingMs / hourMs ? 'clear' : 'encrypted';
    },
    async worked(host) {
      const nowMs = clock.monotonic();
      if (workedLately(host)) return;
      if (recent.size >= recentHostsMax) recent.clear();
      recent.set(host, nowMs);
      await add(`outbound-tls worked ${host}`, workedWindowMs);
      await record('worked', host);
    },
    async failed(host) {
      recent.delete(host);
      // A host that never spoke TLS is asked for it again after a day, one that did for as long as hours are told.
      const [worked = 0] = await readOr(counters, `outbound-tls worked ${host}`, clock.now());
      await add(`outbound-tls failed ${host}`, worked > 0 ? hoursBack * hourMs : dayMs);
      await record('failed', host);
    },
  };
}

async function readOr(counters: Counters, key: string, nowMs: number): Promise<readonly number[]> {
  const read = await counters.read([key], nowMs);
  return read.ok ? read.value : [];
}
