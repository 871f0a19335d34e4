import { formatAddress, needsSmtpUtf8 } from '#mail/address.ts';
import type { Address } from '#mail/address.ts';
import { HeaderBuilder, buildMessage } from '#mail/builder.ts';
import type { Domain } from '#mail/domain.ts';
import { formatAddressField, formatDateField } from '#mail/header-writer.ts';
import type { Clock } from '#platform/clock.ts';
import type { Random } from '#platform/random.ts';
import type { QueueEntry } from '#store/contract/queue.ts';
import type { Store } from '#store/contract/store.ts';
import type { DeliveryResult } from './delivery-result.ts';
import { ownMessage } from './own-message.ts';

export interface NoticeParts {
  readonly store: Pick<Store, 'accounts' | 'counters'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly hostname: Domain;
}

/** One notice per domain in this time: a flood of forged mail must not become a flood of notices. */
export const heldNoticeWindowMs = 3_600_000;

export interface HeldRecipient {
  readonly index: number;
  readonly result: DeliveryResult;
}

/**
 * S-04: a message that failed and whose return path is not proven is held, and the administrators of the domain that
 * it was sent to are told. Nobody when they were told just now, or when our own store is in trouble: the queue list and
 * the event say it too.
 */
export async function heldNotice(
  parts: NoticeParts,
  entry: QueueEntry,
  held: readonly HeldRecipient[],
): Promise<readonly QueueEntry[]> {
  const domain = entry.recipients[held[0]?.index ?? 0]?.original.domain;
  if (domain === undefined) return [];
  const to: Address = { local: 'postmaster', domain };
  const resolved = await parts.store.accounts.resolve(to);
  if (!resolved.ok || resolved.value.kind !== 'targets' || !(await isFirst(parts, domain))) return [];
  const { targets } = resolved.value;
  const message = ownMessage(parts, {
    to,
    targets,
    origin: 'notice',
    smtpUtf8: held.some(({ index }) => needsUtf8(entry, index)),
    write: (id, nowMs) => {
      const header = new HeaderBuilder()
        .line(
          formatAddressField('From', [
            { name: 'Mail Delivery System', address: { local: 'mailer-daemon', domain } },
          ]),
        )
        .line(formatAddressField('To', [{ address: to }]))
        .line(formatDateField('Date', nowMs))
        .structured('Message-ID', `<${id}@${parts.hostname}>`)
        .text('Subject', 'A message is held and waits for you')
        .structured('Auto-Submitted', 'auto-generated');
      return buildMessage(header, { type: 'text/plain', content: words(entry, held) });
    },
  });
  return [message];
}

async function isFirst({ store, clock }: NoticeParts, domain: string): Promise<boolean> {
  const count = await store.counters.add(`held-notice ${domain}`, 1, heldNoticeWindowMs, clock.now());
  return count.ok && count.value <= 1;
}

function needsUtf8(entry: QueueEntry, index: number): boolean {
  const address = entry.recipients[index]?.address;
  return address !== undefined && needsSmtpUtf8(address);
}

function words(entry: QueueEntry, held: readonly HeldRecipient[]): string {
  const lines = [
    'A message from outside could not be passed on, and its return path is not proven:',
    'to answer it would perhaps bother somebody who never wrote it. So it is held.',
    '',
  ];
  for (const { index, result } of held) {
    const recipient = entry.recipients[index];
    if (recipient === undefined) continue;
    lines.push(`  ${formatAddress(recipient.original)} to ${formatAddress(recipient.address)}`);
    lines.push(`    ${result.said ? 'the other server said: ' : ''}${result.text}`);
  }
  lines.push(
    '',
    `Look at it:   postern queue show ${entry.id}`,
    `Try again:    postern queue retry ${entry.id}`,
    `Throw away:   postern queue drop ${entry.id}`,
    '',
    'If nobody decides, it is thrown away after 14 days.',
    'For an hour no further message like this one is told; postern queue list --state held has all.',
    '',
  );
  return lines.join('\r\n');
}
