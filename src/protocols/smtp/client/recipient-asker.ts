import { formatAddress, needsSmtpUtf8 } from '#mail/address.ts';
import type { RecipientAsker, RecipientQuestion } from '#delivery/downstream/recipient-asker.ts';
import type { RecipientReport } from '#delivery/outbound/transport.ts';
import type { ClientTimes } from './client-times.ts';
import { clientTimes } from './client-times.ts';
import type { Reply } from './reply-parser.ts';
import { openSession, replyReport } from './smtp-session.ts';
import type { SessionParts, SmtpSession } from './smtp-session.ts';

/** Somebody waits for the answer at RCPT: no step has the minutes that a message may take. */
const askTimes: ClientTimes = {
  ...clientTimes,
  connectMs: 5_000,
  greetingMs: 10_000,
  ehloMs: 5_000,
  handshakeMs: 5_000,
  mailMs: 5_000,
  rcptMs: 10_000,
  quitMs: 1_000,
};

/** Asks by MAIL FROM:<> and RCPT whether a server takes mail for an address, and goes again (I-88). */
export function createRecipientAsker(parts: Omit<SessionParts, 'times'>): RecipientAsker {
  return {
    async ask(question, signal) {
      const opened = await openSession({ ...parts, times: askTimes }, question, signal);
      if (!opened.ok) return opened.error.report;
      const report = await askOver(opened.value, question);
      // Who fell silent has no goodbye to hear.
      if (report.outcome !== 'connection') await opened.value.channel.ask('QUIT', askTimes.quitMs);
      opened.value.channel.close();
      return report;
    },
  };
}

async function askOver(
  { channel, can }: SmtpSession,
  { recipient }: RecipientQuestion,
): Promise<RecipientReport> {
  const smtpUtf8 = needsSmtpUtf8(recipient);
  if (smtpUtf8 && !can.smtpUtf8) return noUtf8;
  // RFC 5321 §4.5.5: a null sender, as a notification has, which every server takes and nobody answers.
  const mail = await channel.ask(`MAIL FROM:<>${smtpUtf8 ? ' SMTPUTF8' : ''}`, askTimes.mailMs);
  if (!mail.ok) return silence('mail', mail.error.text);
  // What the server has against us or a null sender says nothing of the address.
  if (!isTaken(mail.value)) return replyReport(mail.value, 'temporary', 'mail');
  const rcpt = await channel.ask(`RCPT TO:<${formatAddress(recipient)}>`, askTimes.rcptMs);
  if (!rcpt.ok) return silence('rcpt', rcpt.error.text);
  if (isTaken(rcpt.value)) return replyReport(rcpt.value, 'delivered', 'rcpt');
  return replyReport(rcpt.value, rcpt.value.code >= 500 ? 'permanent' : 'temporary', 'rcpt');
}

/** RFC 5321 §4.2.1. */
function isTaken({ code }: Reply): boolean {
  return code >= 200 && code < 300;
}

function silence(command: 'mail' | 'rcpt', text: string): RecipientReport {
  return { outcome: 'connection', code: undefined, status: undefined, command, text };
}

const noUtf8: RecipientReport = {
  outcome: 'permanent',
  code: undefined,
  status: '5.6.7',
  command: 'ehlo',
  text: 'the server does not take addresses in UTF-8 (SMTPUTF8)',
};
