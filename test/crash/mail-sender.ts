import { setTimeout as sleep } from 'node:timers/promises';
import { makeId } from '#base/id.ts';
import type { AccountId, QueueId, TraceId } from '#base/id.ts';
import { systemRandom } from '#backends/system/system-random.ts';
import { queueLimits } from '#delivery/queue/queue-limits.ts';
import type { Domain } from '#mail/domain.ts';
import type { Random } from '#platform/random.ts';
import type { QueueEntry, QueueRecipient } from '#store/contract/queue.ts';
import { writeLetter } from './letter.ts';
import type { Letter } from './letter.ts';
import { owner } from './server.ts';
import type { MailKeeper } from './server.ts';
import { must } from './stored.ts';
import type { Trying } from './trying.ts';

export interface Sending {
  readonly keeper: MailKeeper;
  readonly accounts: readonly AccountId[];
  readonly random: Random;
  readonly trying: Trying;
  /** Of the first letter. */
  readonly number: number;
  readonly letters: number;
}

const pauseMsMax = 12;

/** Puts letters into the queue one after the other, as the intake does (`receive/enqueue.ts`). */
export async function sendLetters({ letters, ...sending }: Sending): Promise<void> {
  for (let n = 0; n < letters; n += 1) {
    await sendLetter(sending, sending.number + n);
    await sleep(sending.random.integer(pauseMsMax));
  }
}

async function sendLetter(
  { keeper, accounts, random, trying }: Omit<Sending, 'letters'>,
  number: number,
): Promise<void> {
  const { queue, blobs } = keeper.store;
  const letter = await writeLetter(random, blobs, number);
  const first = random.integer(accounts.length);
  const count = random.integer(4) === 0 ? 3 : 1;
  const to = Array.from(
    { length: count },
    (_, n) => accounts[(first + n) % accounts.length] ?? accounts[0],
  ).filter((account) => account !== undefined);
  const entry = queueEntry(letter, to);
  const leaseFor = { owner, untilMs: entry.receivedAtMs + queueLimits.leaseMs };
  const leases = await trying({ kind: 'queue', hash: letter.hash, accounts: to }, async () => {
    const added = await queue.add(entry, leaseFor);
    if (letter.body.kind === 'blob') await blobs.remove(letter.body.id);
    return must(added, 'queue.add');
  });
  keeper.runner.dispatch(leases);
}

function queueEntry({ body, summary }: Letter, accounts: readonly AccountId[]): QueueEntry {
  const receivedAtMs = Date.now();
  const recipients = accounts.map((account): QueueRecipient => {
    const address = { local: account.toLowerCase(), domain: 'example.test' as Domain };
    return { address, original: address, route: { kind: 'local', account, detail: undefined } };
  });
  return {
    id: makeId<QueueId>(receivedAtMs, systemRandom().bytes(10)),
    traceId: makeId<TraceId>(receivedAtMs, systemRandom().bytes(10)),
    receivedAtMs,
    from: { local: 'sender', domain: 'elsewhere.test' as Domain },
    recipients,
    body,
    summary,
    bodyType: '7bit',
    smtpUtf8: false,
    submitter: undefined,
    origin: 'inbound',
    expiresAtMs: receivedAtMs + 86_400_000,
  };
}
