import type { RecipientReport, SendReport, SendRequest, Transport } from '#delivery/outbound/transport.ts';
import { clientTimes } from './client-times.ts';
import type { ClientTimes } from './client-times.ts';
import { IdleConnections } from './idle-connections.ts';
import type { KeptSession } from './idle-connections.ts';
import { openSession } from './smtp-session.ts';
import type { SessionParts, SmtpSession } from './smtp-session.ts';
import { transact } from './smtp-transaction.ts';
import type { TransactionResult } from './smtp-transaction.ts';

export interface SmtpTransportParts extends Omit<SessionParts, 'times'> {
  readonly times?: ClientTimes;
}

/** SMTP to other servers (RFC 5321): the `Transport` of outbound delivery. */
export function createSmtpTransport(parts: SmtpTransportParts): Transport {
  const times = parts.times ?? clientTimes;
  const session = { ...parts, times };
  const idle = new IdleConnections(parts.clock, times);
  return {
    async send(request, signal) {
      const overKept = await tryKept(idle, { request, signal, times });
      if (overKept !== undefined) return overKept;
      const opened = await openSession(session, request, signal);
      if (opened.ok) return attempt(idle, { session: opened.value, request, times });
      return reportOf(
        request,
        request.recipients.map(() => opened.error.report),
        opened.error.tls,
      );
    },
    close: () => idle.close(),
  };
}

interface Reuse {
  readonly request: SendRequest;
  readonly signal: AbortSignal;
  readonly times: ClientTimes;
}

/**
 * By connections that were kept, one after the other: one that the server has given up meanwhile shows it before there
 * is a body, and the message goes by the next.
 */
async function tryKept(
  idle: IdleConnections,
  { request, signal, times }: Reuse,
): Promise<SendReport | undefined> {
  for (;;) {
    const kept = idle.take(request);
    if (kept === undefined || signal.aborted) return undefined;
    kept.session.channel.adopt(signal);
    if (await isFresh(kept, times)) {
      const report = await attempt(idle, { session: kept.session, request, times });
      if (!report.recipients.every(isGivenUp) || signal.aborted) return report;
    } else kept.session.channel.close();
  }
}

/** After a message without a body the server still holds its envelope: RSET clears it (RFC 5321 §4.1.1.5). */
async function isFresh({ session, clean }: KeptSession, times: ClientTimes): Promise<boolean> {
  if (session.channel.hasUnread) return false;
  if (clean) return true;
  const reset = await session.channel.ask('RSET', times.quitMs);
  return reset.ok && reset.value.code === 250 && !session.channel.hasUnread;
}

/** Lost, or ended with 421 (RFC 5321 §3.8), before the body: nothing can have been delivered. */
function isGivenUp({ outcome, command }: RecipientReport): boolean {
  return outcome === 'connection' && command === 'mail';
}

interface Attempt {
  readonly session: SmtpSession;
  readonly request: SendRequest;
  readonly times: ClientTimes;
}

async function attempt(idle: IdleConnections, { session, request, times }: Attempt): Promise<SendReport> {
  let after: TransactionResult['after'] = 'broken';
  try {
    const result = await transact(session, request, times);
    after = result.after;
    return reportOf(request, result.recipients, session.tls);
  } finally {
    if (after === 'broken') session.channel.close();
    else idle.keep(request, { session, clean: after === 'clean' });
  }
}

function reportOf(
  { server }: SendRequest,
  recipients: readonly RecipientReport[],
  tls: SendReport['tls'],
): SendReport {
  return { server: { name: server.name, address: server.address }, tls, recipients };
}
