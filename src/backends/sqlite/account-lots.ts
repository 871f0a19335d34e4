import type { AccountId } from '#base/id.ts';
import type { MailboxId } from '#base/id.ts';
import { ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { deliverAll } from './account-delivery.ts';
import type { DeliverArgs } from './account-delivery.ts';
import { heldBy } from './account-messages.ts';
import type { Held } from './account-rooms.ts';
import type { Usage } from '#store/quota.ts';
import type { AccountHandles } from './account-handles.ts';
import type { AccountTending } from './account-tending.ts';

export interface DeliveryAnswer {
  readonly already: boolean;
  readonly mailboxes: readonly MailboxId[];
  readonly modseq: number;
  readonly usage: Usage;
}

type Answer = Result<DeliveryAnswer, Trouble>;

/** Deliveries to one account that come in one batch share a transaction (STORAGE §2). */
export interface DeliveryLots {
  add(id: AccountId, delivery: DeliverArgs): Promise<Answer>;
}

interface Waiting {
  readonly delivery: DeliverArgs;
  readonly answer: (answer: Answer) => void;
  readonly fail: (error: unknown) => void;
}

/** In one transaction: some milliseconds of work. */
const lotMax = 64;

export function deliveryLots(handles: AccountHandles, tending: AccountTending): DeliveryLots {
  const waiting = new Map<AccountId, Waiting[]>();

  function flush(): void {
    const lots = [...waiting];
    waiting.clear();
    for (const [id, all] of lots) {
      for (let at = 0; at < all.length; at += lotMax) void deliverLot(id, all.slice(at, at + lotMax));
    }
  }

  async function deliverLot(id: AccountId, lot: readonly Waiting[]): Promise<void> {
    try {
      const answers = await handles.use<readonly Answer[]>(id, (account) => {
        const delivered = deliverAll(
          account,
          lot.map(({ delivery }) => delivery),
        );
        const held = heldBy(account);
        return ok(delivered.map((one) => (one.ok ? ok(answerOf(one.value, held)) : one)));
      });
      for (const [at, one] of lot.entries()) one.answer(answers.ok ? (answers.value[at] ?? lost) : answers);
      tending.touched(id);
    } catch (error) {
      for (const one of lot) one.fail(error);
    }
  }

  return {
    add(id, delivery) {
      if (waiting.size === 0) queueMicrotask(flush);
      return new Promise((answer, fail) => {
        const lot = waiting.get(id);
        if (lot === undefined) waiting.set(id, [{ delivery, answer, fail }]);
        else lot.push({ delivery, answer, fail });
      });
    },
  };
}

const lost: Answer = { ok: false, error: { code: 'unavailable', detail: 'a delivery has no answer' } };

function answerOf(
  delivered:
    | { readonly kind: 'already' }
    | { readonly kind: 'delivered'; readonly mailboxes: readonly MailboxId[] },
  held: Held,
): DeliveryAnswer {
  const mailboxes = delivered.kind === 'delivered' ? delivered.mailboxes : [];
  return { already: delivered.kind === 'already', mailboxes, ...held };
}
