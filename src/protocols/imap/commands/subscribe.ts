import { answer } from '../command.ts';
import type { AccountCommand } from '../command.ts';
import { mailboxName } from '../find-mailbox.ts';
import { astring } from '../grammar/strings.ts';
import { okay } from '../response/done.ts';
import { troubleDone } from '../response/trouble.ts';

function subscription(name: 'SUBSCRIBE' | 'UNSUBSCRIBE'): AccountCommand {
  return {
    name,
    states: 'account',
    usesSequenceNumbers: false,
    mayReportExpunge: true,
    breaksPipeline: false,
    prepare: (cursor) => {
      cursor.space();
      const wire = astring(cursor, 'a mailbox name');
      cursor.end();
      return async (world) => {
        const mailbox = mailboxName(world, wire);
        if (!mailbox.ok) return answer(troubleDone(mailbox.error));
        const { mailboxes } = world.store;
        const changed = await mailboxes.subscribe(world.account, mailbox.value, name === 'SUBSCRIBE');
        return answer(changed.ok ? okay('Noted') : troubleDone(changed.error));
      };
    },
  };
}

/** RFC 9051 §6.3.7: a subscription is a name and needs no mailbox. */
export const subscribe = subscription('SUBSCRIBE');
/** RFC 9051 §6.3.8. */
export const unsubscribe = subscription('UNSUBSCRIBE');
