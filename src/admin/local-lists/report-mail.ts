import { err, ok } from '#base/result.ts';
import type { AccountId } from '#base/id.ts';
import { required } from '#config/key.ts';
import { mailAddress } from '#config/kinds/mail-address.ts';
import { parseAddress } from '#mail/address.ts';
import type { Address } from '#mail/address.ts';
import { recordedAuthor } from '#policy/local-lists/recorded-author.ts';
import { recordedClient } from '#policy/recorded-client.ts';
import type { TraceRecord } from '#trace/record.ts';
import { adminError } from '../errors.ts';
import { operation } from '../operation.ts';
import { findTrace, traceIdKind, traceNotFound } from '../traces/find-trace.ts';
import type { AdminWorld } from '../world.ts';

/**
 * What a reader says of a message: it counts once for each account, and only of mail that the account was sent. One
 * reader lists nobody (P-25); that somebody moved a message to Junk is no report.
 */
export const blocklistReport = operation({
  name: 'blocklist report',
  meaning:
    'Report a delivered message as spam on behalf of a reader: reports of several readers bring its client or its author onto the block list.',
  input: {
    trace: required(traceIdKind, { meaning: 'The trace of the message.', requirements: ['P-25'] }),
    by: required(mailAddress, { meaning: 'The reader whom it was delivered to.' }),
  },
  async run(world, { trace, by }) {
    const found = await findTrace(world, trace);
    if (!found.ok) return traceNotFound(found.error, trace);
    const record = found.value;
    const judged = recordedClient(record);
    if (record.kind !== 'message' || record.session.role !== 'mx' || judged === undefined)
      return err(adminError('value-invalid', 'only mail that came from outside can be reported', 'trace'));
    const reader = await accountOf(world, by);
    if (reader === undefined || !(await wasSentTo(world, record, reader)))
      return err(adminError('not-found', 'that reader was not sent this message', 'by'));
    const author = recordedAuthor(record);
    const once = `report ${reader}`;
    const counted = await world.lists.feed.incident({
      kind: 'report',
      client: judged.client,
      what: 'a report of a user',
      trace: record.id,
      once,
      author,
    });
    await world.lists.kept();
    return ok(counted);
  },
  render: ({ kind, client, author, entries }) => {
    if (kind === 'off') return ['Nothing is counted: lists.feed is off.'];
    if (kind === 'excused')
      return ['It counts against nobody: the client or the author is on the allow list, or spared.'];
    if (entries.length > 0) return [`On the block list now: ${entries.join(', ')}.`];
    return [
      `Counted: ${client} against the client, ${author} against the author; lists.feed_events says how many it takes.`,
    ];
  },
});

async function accountOf({ store }: AdminWorld, given: Address): Promise<AccountId | undefined> {
  const account = await store.accounts.byAddress(given);
  return account.ok ? account.value.id : undefined;
}

async function wasSentTo(
  { store }: AdminWorld,
  { envelope }: TraceRecord,
  reader: AccountId,
): Promise<boolean> {
  for (const { address: text, outcome } of envelope?.to ?? []) {
    const recipient = parseAddress(text, { smtpUtf8: true });
    if (outcome !== 'accepted' || !recipient.ok) continue;
    const resolved = await store.accounts.resolve(recipient.value);
    if (!resolved.ok || resolved.value.kind !== 'targets') continue;
    if (resolved.value.targets.some((target) => target.kind === 'account' && target.account === reader))
      return true;
  }
  return false;
}
