import { isRelayLive } from '#policy/relay/relay-entry.ts';
import type { RelayEntry } from '#policy/relay/relay-entry.ts';
import { showTime } from '../show.ts';

export function showRelay(entry: RelayEntry, nowMs: number) {
  const { network, owner, reason, senders, sinceMs, untilMs } = entry;
  return {
    network,
    owner,
    reason,
    senders,
    since: showTime(sinceMs),
    until: showTime(untilMs),
    holds: isRelayLive(entry, nowMs),
  };
}

export type ShownRelay = ReturnType<typeof showRelay>;

export function relayWords({ owner, reason, senders }: ShownRelay): string {
  return `${owner}: ${reason} (as ${senders.join(', ')})`;
}
