import type { AccountRow, GuestRow } from './command.ts';
import { auth } from './commands/auth.ts';
import { capaRows } from './commands/capa.ts';
import { dele } from './commands/dele.ts';
import { list } from './commands/list.ts';
import { noop } from './commands/noop.ts';
import { pass } from './commands/pass.ts';
import { quitAccount, quitGuest } from './commands/quit.ts';
import { retr } from './commands/retr.ts';
import { rset } from './commands/rset.ts';
import { stat } from './commands/stat.ts';
import { stls } from './commands/stls.ts';
import { top } from './commands/top.ts';
import { uidl } from './commands/uidl.ts';
import { user } from './commands/user.ts';

/** AUTHORIZATION state (RFC 1939 §4). */
const beforeLogin: readonly GuestRow[] = [stls, user, pass, auth, quitGuest];
/** TRANSACTION state (RFC 1939 §5). */
const afterLogin: readonly AccountRow[] = [stat, list, uidl, retr, top, dele, rset, noop, quitAccount];

const capa = capaRows(beforeLogin, afterLogin);

export const guestCommands: ReadonlyMap<string, GuestRow> = byName([...beforeLogin, capa.guest]);
export const accountCommands: ReadonlyMap<string, AccountRow> = byName([...afterLogin, capa.account]);

function byName<Row extends { readonly name: string }>(rows: readonly Row[]): ReadonlyMap<string, Row> {
  return new Map(rows.map((row) => [row.name, row]));
}
