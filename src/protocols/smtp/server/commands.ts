import type { AnyCommand } from './command.ts';
import { auth } from './commands/auth.ts';
import { bdat } from './commands/bdat.ts';
import { data } from './commands/data.ts';
import { ehlo, helo, lhlo } from './commands/hello.ts';
import { mail } from './commands/mail.ts';
import { expn, help, noop, quit, rset, vrfy } from './commands/plain-answers.ts';
import { rcpt } from './commands/rcpt.ts';
import { xclient } from './commands/xclient.ts';
import { starttls } from './commands/starttls.ts';
import type { SmtpRole } from './smtp-options.ts';

/** What every role understands. */
const shared: readonly AnyCommand[] = [
  mail,
  rcpt,
  data,
  bdat,
  rset,
  noop,
  quit,
  vrfy,
  expn,
  help,
  starttls,
  auth,
];

const smtp = tableOf([ehlo, helo, ...shared, xclient]);
/** RFC 2033 §4.1: LHLO instead of both. */
const lmtp = tableOf([lhlo, ...shared]);

/** The commands of a role by their verb. */
export function commandsOf(role: SmtpRole): ReadonlyMap<string, AnyCommand> {
  return role === 'lmtp' ? lmtp : smtp;
}

function tableOf(commands: readonly AnyCommand[]): ReadonlyMap<string, AnyCommand> {
  return new Map(commands.map((command) => [command.verb, command]));
}
