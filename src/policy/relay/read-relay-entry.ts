import { parseNetwork } from '#base/client-address.ts';
import { parseDomain } from '#mail/domain.ts';
import { isTooWide } from './relay-entry.ts';
import type { RelayEntry } from './relay-entry.ts';

/** An entry as it was kept; `undefined` when it is none that this version allows: what is unclear relays nothing. */
export function readRelayEntry(
  value: unknown,
): { readonly key: string; readonly row: RelayEntry } | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { network: text, owner, reason, senders, sinceMs, untilMs } = value as Record<string, unknown>;
  const network = typeof text === 'string' ? parseNetwork(text) : undefined;
  const isWhole =
    typeof owner === 'string' &&
    typeof reason === 'string' &&
    typeof sinceMs === 'number' &&
    typeof untilMs === 'number' &&
    Array.isArray(senders);
  if (network === undefined || isTooWide(network) || !isWhole) return undefined;
  const named = senders.flatMap((one) => {
    const domain = typeof one === 'string' ? parseDomain(one) : undefined;
    return domain?.ok === true ? [domain.value] : [];
  });
  if (named.length === 0 || named.length < senders.length) return undefined;
  return { key: network, row: { network, owner, reason, senders: named, sinceMs, untilMs } };
}
