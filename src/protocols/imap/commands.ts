import type { CommandRow } from './command.ts';
import { append } from './commands/append.ts';
import { authenticate } from './commands/authenticate.ts';
import { capability } from './commands/capability.ts';
import { check } from './commands/check.ts';
import { close } from './commands/close.ts';
import { compress } from './commands/compress.ts';
import { copy, uidCopy } from './commands/copy.ts';
import { create } from './commands/create.ts';
import { deleteMailbox } from './commands/delete.ts';
import { enable } from './commands/enable.ts';
import { expunge } from './commands/expunge.ts';
import { fetch, uidFetch } from './commands/fetch.ts';
import { id } from './commands/id.ts';
import { idle } from './commands/idle.ts';
import { list } from './commands/list.ts';
import { login } from './commands/login.ts';
import { logout } from './commands/logout.ts';
import { lsub } from './commands/lsub.ts';
import { move, uidMove } from './commands/move.ts';
import { namespace } from './commands/namespace.ts';
import { noop } from './commands/noop.ts';
import { rename } from './commands/rename.ts';
import { search, uidSearch } from './commands/search.ts';
import { examine, select } from './commands/select.ts';
import { starttls } from './commands/starttls.ts';
import { status } from './commands/status.ts';
import { store, uidStore } from './commands/store.ts';
import { subscribe, unsubscribe } from './commands/subscribe.ts';
import { uidExpunge } from './commands/uid-expunge.ts';
import { unselect } from './commands/unselect.ts';

/** Every command, by the state it belongs to (RFC 9051 §6). Each row says what it may do; its file says how. */
export const commands: readonly CommandRow[] = [
  // any state (§6.1)
  capability,
  noop,
  logout,
  id,
  // before login (§6.2)
  starttls,
  authenticate,
  login,
  // after login (§6.3)
  enable,
  compress,
  select,
  examine,
  create,
  deleteMailbox,
  rename,
  subscribe,
  unsubscribe,
  list,
  lsub,
  namespace,
  status,
  append,
  idle,
  // with a mailbox selected (§6.4)
  check,
  close,
  unselect,
  expunge,
  uidExpunge,
  search,
  uidSearch,
  fetch,
  uidFetch,
  store,
  uidStore,
  copy,
  uidCopy,
  move,
  uidMove,
];

const byName = new Map(commands.map((row) => [row.name, row]));

export function findCommand(name: string): CommandRow | undefined {
  return byName.get(name);
}
