import { formatAddress } from '#mail/address.ts';
import type { Finding } from './finding.ts';
import { noMoreMessages, noMoreRecipients } from './sending-limits.ts';
import type { MessageQuota, SendingLimits, SendingParty, SendingRoom } from './sending-limits.ts';
import type { TransactionStart } from './transaction-start.ts';

/** The limits of whoever sends by this transaction (I-90). */
export class TransactionQuota implements MessageQuota {
  readonly #start: TransactionStart;
  readonly #limits: SendingLimits;
  readonly #party: SendingParty;
  #room: SendingRoom | undefined;

  /** `undefined`: what comes in is not counted. */
  static of(start: TransactionStart): TransactionQuota | undefined {
    const { sending } = start.parts;
    const party = partyOf(start);
    return sending === undefined || party === undefined
      ? undefined
      : new TransactionQuota(start, sending, party);
  }

  private constructor(start: TransactionStart, limits: SendingLimits, party: SendingParty) {
    this.#start = start;
    this.#limits = limits;
    this.#party = party;
  }

  async begin(): Promise<Finding | undefined> {
    this.#room = await this.#limits.room(this.#party);
    if (this.#room === undefined) this.#start.trace.step(unknownStep);
    return (this.#room?.messages ?? 1) <= 0 ? this.#about(noMoreMessages) : undefined;
  }

  recipient(accepted: number): Finding | undefined {
    return accepted + 1 > (this.#room?.recipients ?? Infinity) ? this.#about(noMoreRecipients) : undefined;
  }

  async take(recipients: number): Promise<Finding | undefined> {
    const over = await this.#limits.take(this.#party, recipients);
    return over === undefined ? undefined : this.#about(over);
  }

  giveBack(recipients: number): Promise<void> {
    return this.#limits.giveBack(this.#party, recipients);
  }

  #about(finding: Finding): Finding {
    const { identity } = this.#start.context;
    const about = identity === undefined ? this.#party.name : formatAddress(identity.address);
    return { ...finding, about };
  }
}

function partyOf({ context, relay }: TransactionStart): SendingParty | undefined {
  if (relay !== undefined) return { kind: 'relay', name: relay.network };
  const { identity, role } = context;
  return role === 'submission' && identity !== undefined
    ? { kind: 'account', name: identity.account }
    : undefined;
}

const unknownStep = {
  stage: 'mail',
  check: 'sending-limit',
  outcome: 'error',
  reason: 'how much was sent lately could not be asked: nobody is held up for that',
} as const;
