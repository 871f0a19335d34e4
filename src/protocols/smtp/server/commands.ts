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
  quit,
  bdat,
  rset,
  noop,
  vrfy,
  expn,
  help,
  starttls,
  auth,
];

const smtp: readonly AnyCommand[] = [ehlo, helo, ...shared, xclient];
/** RFC 2033 §4.1: LHLO instead of both. */
const lmtp: readonly AnyCommand[] = [lhlo, ...shared];

/** The commands of a role, those that every mail needs first. */
export function commandsOf(role: SmtpRole): readonly AnyCommand[] {
  return role === 'lmtp' ? lmtp : smtp;
}
