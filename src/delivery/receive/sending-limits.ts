import type { Clock } from '#platform/clock.ts';
import type { Counters } from '#store/contract/store.ts';
import type { Finding } from './finding.ts';
import { defer, refuse } from './refusal.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** How much one sender may send; 0: as much as he likes. */
export interface SendingQuota {
  readonly messagesPerHour: number;
  readonly messagesPerDay: number;
  readonly recipientsPerHour: number;
  readonly recipientsPerDay: number;
}

/** Who is counted. */
export interface SendingParty {
  readonly kind: 'account' | 'relay';
  /** The account’s id, or the network of the relay entry. */
  readonly name: string;
}

export interface SendingLimitsParts {
  readonly counters: Pick<Counters, 'add' | 'read'>;
  readonly clock: Pick<Clock, 'now'>;
  /** Read for each message. */
  readonly quotas: Readonly<Record<SendingParty['kind'], SendingQuota>>;
}

/** What a party may still send now. */
export interface SendingRoom {
  readonly messages: number;
  readonly recipients: number;
}

/** How much the sender of one transaction may still send; a finding says that it is too much. */
export interface MessageQuota {
  /** At MAIL. */
  begin(): Promise<Finding | undefined>;
  /** At RCPT. @param accepted before this one */
  recipient(accepted: number): Finding | undefined;
  /** Before the message is queued. */
  take(recipients: number): Promise<Finding | undefined>;
  /** It was not queued after all. */
  giveBack(recipients: number): Promise<void>;
}

interface Row {
  readonly what: 'messages' | 'recipients';
  readonly per: 'hour' | 'day';
  readonly max: number;
}

/**
 * Nobody sends masses of mail, whoever took over his account or his machine (I-90): messages and recipients are counted
 * over an hour and a day, over restarts. Counted is what is taken into the queue.
 */
export class SendingLimits {
  readonly #parts: SendingLimitsParts;

  constructor(parts: SendingLimitsParts) {
    this.#parts = parts;
  }

  /** `undefined`: the store cannot tell, and holds nobody up for that. */
  async room(party: SendingParty): Promise<SendingRoom | undefined> {
    const { counters, clock } = this.#parts;
    const rows = this.#rows(party);
    const read = await counters.read(
      rows.map((row) => keyOf(party, row)),
      clock.now(),
    );
    if (!read.ok) return undefined;
    const left = (what: Row['what']): number =>
      Math.min(
        ...rows.map((row, index) => (row.what === what ? row.max - (read.value[index] ?? 0) : Infinity)),
      );
    return { messages: left('messages'), recipients: left('recipients') };
  }

  /** Counts a message before it goes into the queue, all or nothing: also what comes at the same time finds it counted. */
  async take(party: SendingParty, recipients: number): Promise<Finding | undefined> {
    const rows = this.#rows(party);
    const sums = await Promise.all(rows.map((row) => this.#count(party, row, amountOf(row, recipients))));
    const over = rows.find((row, index) => (sums[index] ?? 0) > row.max);
    if (over === undefined) return undefined;
    await this.giveBack(party, recipients);
    return overLimit(over, recipients);
  }

  /** It was not queued after all. */
  async giveBack(party: SendingParty, recipients: number): Promise<void> {
    await Promise.all(this.#rows(party).map((row) => this.#count(party, row, -amountOf(row, recipients))));
  }

  /** @returns how many it makes; `undefined` when the store cannot tell */
  async #count(party: SendingParty, row: Row, amount: number): Promise<number | undefined> {
    const { counters, clock } = this.#parts;
    const windowMs = row.per === 'hour' ? hourMs : dayMs;
    const counted = await counters.add(keyOf(party, row), amount, windowMs, clock.now());
    return counted.ok ? counted.value : undefined;
  }

  #rows({ kind }: SendingParty): readonly Row[] {
    const { messagesPerHour, messagesPerDay, recipientsPerHour, recipientsPerDay } = this.#parts.quotas[kind];
    const rows: readonly Row[] = [
      { what: 'messages', per: 'hour', max: messagesPerHour },
      { what: 'messages', per: 'day', max: messagesPerDay },
      { what: 'recipients', per: 'hour', max: recipientsPerHour },
      { what: 'recipients', per: 'day', max: recipientsPerDay },
    ];
    return rows.filter(({ max }) => max > 0);
  }
}

function keyOf({ kind, name }: SendingParty, { what, per }: Row): string {
  return `sent ${kind} ${name} ${what} ${per}`;
}

function amountOf({ what }: Row, recipients: number): number {
  return what === 'messages' ? 1 : recipients;
}

/** A message with more recipients than ever pass is refused, since to come again would not help it. */
function overLimit({ what, per, max }: Row, recipients: number): Finding {
  const isHopeless = what === 'recipients' && recipients > max;
  const text = `more than ${max} ${what} ${per === 'hour' ? 'an hour' : 'a day'} are not sent from here`;
  const refusal = isHopeless
    ? refuse({ code: 550, detail: '7.1', text: `${text}, and this message alone has ${recipients}` })
    : defer({ code: 452, detail: '7.1', text: `${text}: try again later, or ask the administrator` });
  return { check: 'sending-limit', refusal, detail: `${what} ${per}`, evidence: { max, per, what } };
}

/** At MAIL and RCPT, before a body is sent for nothing. */
export const noMoreMessages: Finding = limitReached('messages');
export const noMoreRecipients: Finding = limitReached('recipients');

function limitReached(what: Row['what']): Finding {
  const text = `the limit of ${what} that are sent from here is reached: try again later, or ask the administrator`;
  return {
    check: 'sending-limit',
    refusal: defer({ code: 452, detail: '7.1', text }),
    detail: what,
  };
}
