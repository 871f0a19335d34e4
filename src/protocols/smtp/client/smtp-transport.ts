import type { RecipientReport, SendReport, SendRequest, Transport } from '#delivery/outbound/transport.ts';
import { clientTimes } from './client-times.ts';
import type { ClientTimes } from './client-times.ts';
import { IdleConnections } from './idle-connections.ts';
import { openSession } from './smtp-session.ts';
import type { SessionParts, SmtpSession } from './smtp-session.ts';
import { transact } from './smtp-transaction.ts';

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
      const kept = await reuse(idle, { request, signal, times });
      if (kept !== undefined) return attempt(idle, { session: kept, request, times });
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

/** A kept connection that still answers: RSET both asks and clears (RFC 5321 §4.1.1.5). */
async function reuse(
  idle: IdleConnections,
  { request, signal, times }: Reuse,
): Promise<SmtpSession | undefined> {
  for (;;) {
    const kept = idle.take(request);
    if (kept === undefined || signal.aborted) return undefined;
    kept.channel.adopt(signal);
    const reset = kept.channel.hasUnread ? undefined : await kept.channel.ask('RSET', times.quitMs);
    if (reset?.ok === true && reset.value.code === 250 && !kept.channel.hasUnread) return kept;
    kept.channel.close();
  }
}

interface Attempt {
  readonly session: SmtpSession;
  readonly request: SendRequest;
  readonly times: ClientTimes;
}

async function attempt(idle: IdleConnections, { session, request, times }: Attempt): Promise<SendReport> {
  let reusable = false;
  try {
    const result = await transact(session, request, times);
    reusable = result.reusable;
    return reportOf(request, result.recipients, session.tls);
  } finally {
    if (reusable) idle.keep(request, session);
    else session.channel.close();
  }
}

function reportOf(
  { server }: SendRequest,
  recipients: readonly RecipientReport[],
  tls: SendReport['tls'],
): SendReport {
  return { server: { name: server.name, address: server.address }, tls, recipients };
}
