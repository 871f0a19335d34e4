import { parseClientAddress } from '#base/client-address.ts';
import { maySendFor } from '#policy/relay/relay-entry.ts';
import type { RelayEntry } from '#policy/relay/relay-entry.ts';
import type { TraceBuilder } from '#trace/trace-builder.ts';
import { pathText } from './transaction-trace.ts';
import type { TransactionStart } from './transaction-start.ts';

/** The entry that a client has, and whether this sender may use it. */
export interface RelayException {
  readonly entry: RelayEntry;
  readonly isMet: boolean;
  readonly sender: string;
}

/**
 * P-10: an exception by address holds on `mx` alone, and for the very client that it names. Who brings the mail of others
 * (a gateway, a proxy that does not know for whom it speaks) relays for nobody. A notification has no sender; its author
 * is judged all the same.
 */
export function relayException({
  parts,
  context,
  mail,
}: Pick<TransactionStart, 'parts' | 'context' | 'mail'>): RelayException | undefined {
  const bringsOthers = context.gateways !== undefined || context.isClientUnknown === true;
  if (parts.relays === undefined || context.role !== 'mx' || bringsOthers) return undefined;
  const client = parseClientAddress(context.client);
  const entry = client === undefined ? undefined : parts.relays.find(client);
  if (entry === undefined) return undefined;
  const isMet = mail.from === undefined || maySendFor(entry, mail.from.domain);
  return { entry, isMet, sender: pathText(mail.from) };
}

/** Mail that is relayed so is marked with its entry. */
export function tellRelay(trace: TraceBuilder, exception: RelayException | undefined): void {
  if (exception === undefined) return;
  const { entry, isMet, sender } = exception;
  const { network, owner, reason, senders, untilMs } = entry;
  const shown = { network, owner, reason, senders, until: new Date(untilMs).toISOString() };
  if (isMet) {
    trace.fact('relay', shown);
    const words = `may send by the relay entry of ${network} (${owner}: ${reason})`;
    trace.step({ stage: 'mail', check: 'relay', outcome: 'pass', reason: words, evidence: { entry: shown } });
    return;
  }
  trace.step({
    stage: 'mail',
    check: 'relay',
    outcome: 'finding',
    action: 'note',
    reason: `the relay entry of ${network} is not for this sender: it is treated as any stranger`,
    evidence: { entry: shown, sender },
  });
}
