import { formatAddress, needsSmtpUtf8 } from '#mail/address.ts';
import type { Address } from '#mail/address.ts';
import { addressLiteral } from '#mail/address-literal.ts';
import { formatDate } from '#mail/date.ts';
import type { QueueId } from '#base/id.ts';
import type { TransactionContext } from './intake.ts';

export interface ReceivedFacts {
  readonly context: TransactionContext;
  readonly hostname: string;
  readonly queueId: QueueId;
  readonly nowMs: number;
  readonly smtpUtf8: boolean;
  /** Accepted recipients as given; `for` is written only when there is one (S-11). */
  readonly recipients: readonly Address[];
}

/** What a HELO name may look like in our field (S-05); anything else is not repeated. */
const heloPattern = /^(?:[a-z0-9_](?:[a-z0-9._-]{0,252}[a-z0-9])?|\[[a-z0-9.:]{2,60}\])$/i;

/**
 * The trace field in front of every message we take (RFC 5321 §4.4). On submission it does not say where the
 * account's holder is (S-11).
 */
export function receivedField(facts: ReceivedFacts): string {
  const { context, hostname, queueId } = facts;
  const { role, tls } = context;
  const from = role === 'submission' ? '' : `from ${clientWords(context)}\r\n `;
  const by = `by ${hostname} with ${protocolName(facts)} id ${queueId}`;
  const under = tls === undefined ? '' : `\r\n (${tls.version} ${tls.cipher})`;
  return `Received: ${from}${by}${under}${forWords(facts)};\r\n ${formatDate(facts.nowMs)}\r\n`;
}

function forWords({ recipients, smtpUtf8 }: ReceivedFacts): string {
  const [only, another] = recipients;
  const isTold = only !== undefined && another === undefined && (smtpUtf8 || !needsSmtpUtf8(only));
  return isTold ? `\r\n for <${formatAddress(only)}>` : '';
}

function clientWords(context: TransactionContext): string {
  const helo = context.helo !== undefined && heloPattern.test(context.helo) ? context.helo : 'unknown';
  return `${helo} (${addressLiteral(context.client)})`;
}

/** RFC 3848, and RFC 6531 §4.3 for SMTPUTF8. */
function protocolName({ context, smtpUtf8 }: ReceivedFacts): string {
  if (context.protocol === 'SMTP') return 'SMTP';
  const base = context.protocol === 'LMTP' ? 'LMTP' : smtpUtf8 ? 'SMTP' : 'ESMTP';
  const secured = context.tls === undefined ? '' : 'S';
  const authenticated = context.identity === undefined ? '' : 'A';
  return `${smtpUtf8 ? 'UTF8' : ''}${base}${secured}${authenticated}`;
}
