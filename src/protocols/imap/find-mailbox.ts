import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { MailboxRecord } from '#store/contract/messages.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { decodeName } from './grammar/mailbox-name.ts';
import type { AccountWorld } from './world.ts';

const noMailbox: Trouble = { code: 'not-found', what: 'mailbox' };
const noName: Trouble = { code: 'invalid', what: 'the mailbox name is not in the right encoding' };

/** A mailbox name from the wire as the store spells it. */
export function mailboxName(world: AccountWorld, wire: string): Result<string, Trouble> {
  const name = decodeName(wire, world.coding);
  return name === undefined ? err(noName) : ok(name);
}

/** The mailbox of this name from the wire. */
export async function findMailbox(
  world: AccountWorld,
  wire: string,
): Promise<Result<MailboxRecord, Trouble>> {
  const name = decodeName(wire, world.coding);
  if (name === undefined) return err(noMailbox);
  const all = await world.store.mailboxes.list(world.account);
  if (!all.ok) return all;
  const found = all.value.find((record) => record.name === name);
  return found === undefined ? err(noMailbox) : ok(found);
}
