import { andThen } from '#base/and-then.ts';
import type { Awaitable } from '#base/result.ts';
import type { BodyIntake, WholeBody } from './body-intake.ts';
import { checkHeaderSenders } from './check-header-senders.ts';
import { checkRelayedAuthors } from './check-relayed-authors.ts';
import { checkParts } from './check-parts.ts';
import type { RelayEntry } from '#policy/relay/relay-entry.ts';
import type { IntakeParts } from './intake-parts.ts';
import type { Finding } from './finding.ts';
import type { MailParameters, TransactionContext } from './intake.ts';
import { quotaSlackBytes } from './intake-settings.ts';
import { refuse } from './refusal.ts';
import type { QueueRecipient } from '#store/contract/queue.ts';
import { reservedName } from '#store/reserved-name.ts';

export interface MessageFacts {
  readonly parts: IntakeParts;
  readonly context: TransactionContext;
  readonly mail: MailParameters;
  readonly body: BodyIntake;
  readonly whole: WholeBody;
  readonly recipients: readonly QueueRecipient[];
  readonly relay: RelayEntry | undefined;
}

/** What can be judged only when the message is whole; the first finding decides. */
export function judgeMessage(facts: MessageFacts): Awaitable<Finding | undefined> {
  const parts = checkParts(facts.whole.summary.structure, facts.parts.settings.partBytesMax);
  return parts ?? andThen(checkAuthors(facts), (authors) => authors ?? checkRoom(facts));
}

function checkAuthors(facts: MessageFacts): Awaitable<Finding | undefined> {
  const { header } = facts.body;
  const { envelope } = facts.whole.summary;
  if (facts.relay !== undefined) return checkRelayedAuthors({ relay: facts.relay, header, envelope });
  if (facts.context.role !== 'submission') return undefined;
  return checkHeaderSenders({
    accounts: facts.parts.store.accounts,
    context: facts.context,
    header,
    envelope,
  });
}

/**
 * A message larger than it was said to be: refused only when nobody has room for it, because there is one reply for
 * all of them, and what is accepted is delivered over quota.
 */
function checkRoom(facts: MessageFacts): Awaitable<Finding | undefined> {
  const { body, mail } = facts;
  return body.sizeBytes <= (mail.sizeBytes ?? 0) + quotaSlackBytes ? undefined : checkRooms(facts);
}

async function checkRooms({ parts, body, recipients }: MessageFacts): Promise<Finding | undefined> {
  for (const { route, original } of recipients) {
    if (route.kind !== 'local' || reservedName(original.local) !== undefined) return undefined;
    const room = await parts.store.messages.room(route.account, body.sizeBytes);
    if (room.ok || room.error.code !== 'over-quota') return undefined;
  }
  const text = 'the message is larger than the room left in the mailbox';
  return { check: 'room', refusal: refuse({ code: 552, detail: '2.2', text }) };
}
