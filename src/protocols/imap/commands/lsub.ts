import { answer } from '../command.ts';
import type { AccountCommand, Answer } from '../command.ts';
import { encodeName } from '../grammar/mailbox-name.ts';
import { astring, listMailbox } from '../grammar/strings.ts';
import { parentNames } from '../list/entries.ts';
import { boundPatterns } from '../list/request.ts';
import { nameMatcher } from '../list/match.ts';
import { okay } from '../response/done.ts';
import { troubleDone } from '../response/trouble.ts';
import { wireMailbox } from '../response/wire.ts';
import type { AccountWorld } from '../world.ts';

/** RFC 3501 §6.3.9 (gone from RFC 9051): subscribed names, whether they exist or not. */
export const lsub: AccountCommand = {
  name: 'LSUB',
  states: 'account',
  usesSequenceNumbers: false,
  mayReportExpunge: true,
  breaksPipeline: false,
  prepare: (cursor) => {
    cursor.space();
    const reference = astring(cursor, 'a reference name');
    cursor.space();
    const pattern = listMailbox(cursor);
    boundPatterns(cursor, reference, [pattern]);
    cursor.end();
    return (world) => tell(world, { reference, patterns: [pattern] });
  },
};

async function tell(
  world: AccountWorld,
  request: { readonly reference: string; readonly patterns: readonly string[] },
): Promise<Answer> {
  const subscriptions = await world.store.mailboxes.subscriptions(world.account);
  if (!subscriptions.ok) return answer(troubleDone(subscriptions.error));
  const fits = nameMatcher(request, world.coding);
  const attributes = new Map<string, string>();
  for (const name of subscriptions.value) {
    if (fits(name)) attributes.set(name, '');
    // `%` that stops above a subscribed name shows the level where it stopped, as \Noselect.
    else
      for (const parent of parentNames(name))
        if (fits(parent) && !attributes.has(parent)) attributes.set(parent, '\\Noselect');
  }
  const lines = [...attributes]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, flags]) => `* LSUB (${flags}) "/" ${wireMailbox(encodeName(name, world.coding))}\r\n`);
  return answer(okay('Listed'), lines.join(''));
}
