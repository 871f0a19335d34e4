import type { AccountId } from '#base/id.ts';
import { formatAddress } from '#mail/address.ts';
import type { Address } from '#mail/address.ts';
import type { QueueRecipient } from '#store/contract/queue.ts';
import { cleanForeignText } from '#trace/foreign-text.ts';
import type { TraceEnvelope, TraceVerdict } from '#trace/record.ts';
import type { TransactionStart } from './transaction-start.ts';
import type { Refusal } from './intake.ts';
import { pathText } from './transaction-trace.ts';

/** Refused recipients that a record names; more are only counted (S-09). */
const refusedNamedMax = 100;

export interface RecordEnd {
  readonly kind: 'message' | 'attempt';
  readonly verdict: TraceVerdict;
  readonly sizeBytes: number;
  /** What was queued; empty for an attempt. */
  readonly queued: readonly QueueRecipient[];
  readonly messageId?: string | undefined;
}

/** Who was accepted and who was not, and in the end the one record of the transaction. */
export class TransactionRecord {
  readonly #start: TransactionStart;
  readonly #outcomes: TraceEnvelope['to'][number][] = [];
  #refusedCount = 0;

  constructor(start: TransactionStart) {
    this.#start = start;
  }

  accepted(address: Address): void {
    this.#outcomes.push({ address: formatAddress(address), outcome: 'accepted' });
  }

  refused(address: Address, refusal: Refusal): void {
    this.#refusedCount += 1;
    if (this.#refusedCount > refusedNamedMax) return;
    this.#outcomes.push({ address: formatAddress(address), outcome: refusal.status });
  }

  keep({ kind, verdict, sizeBytes, queued, messageId }: RecordEnd): void {
    const { parts, mail, trace, queueId, context } = this.#start;
    if (this.#refusedCount > refusedNamedMax) trace.fact('recipientsRefused', this.#refusedCount);
    const envelope: TraceEnvelope = {
      from: pathText(mail.from),
      to: this.#outcomes,
      sizeBytes,
      ...(messageId === undefined ? {} : { messageId: cleanForeignText(messageId) }),
    };
    const end = kind === 'message' ? { kind, verdict, envelope, queueId } : { kind, verdict, envelope };
    parts.store.traces.add(trace.finish(end), context.identity?.account ?? onlyAccount(queued));
  }
}

/** A trace that belongs to one account is sealed under its key (STORAGE §4). */
function onlyAccount(recipients: readonly QueueRecipient[]): AccountId | undefined {
  const only = recipients.length === 1 ? recipients[0]?.route : undefined;
  return only?.kind === 'local' ? only.account : undefined;
}
