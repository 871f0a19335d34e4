import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Clock } from '#platform/clock.ts';
import type { DialFailure, Dialer, TlsFacts } from '#platform/dialer.ts';
import { cleanForeignText } from '#trace/foreign-text.ts';
import type { RecipientReport, SendReport, SendRequest } from '#delivery/outbound/transport.ts';
import { plainServer, readExtensions } from './client-extensions.ts';
import type { ServerCan } from './client-extensions.ts';
import type { ClientTimes } from './client-times.ts';
import { SmtpChannel } from './smtp-channel.ts';
import type { ChannelFailure } from './smtp-channel.ts';
import { enhancedStatus } from './reply-parser.ts';
import type { Reply } from './reply-parser.ts';
import { within } from './within.ts';

export interface SessionParts {
  readonly dialer: Dialer;
  readonly clock: Clock;
  readonly times: ClientTimes;
}

/** A connection that has been greeted (and secured) and may begin a transaction. */
export interface SmtpSession {
  readonly channel: SmtpChannel;
  readonly can: ServerCan;
  readonly tls: SendReport['tls'];
  readonly openedAtMs: number;
}

/** Whom to connect to, and how. */
export type OpenRequest = Pick<SendRequest, 'server' | 'helo' | 'localAddress' | 'tls'>;

export interface OpenFailure {
  readonly report: RecipientReport;
  readonly tls: SendReport['tls'];
}

type Opened<T> = Result<T, OpenFailure>;
type Command = RecipientReport['command'];

export const noTls: SendReport['tls'] = { used: false };

/** Connects, greets, secures and greets again: RFC 5321 §3.1, RFC 3207. */
export async function openSession(
  parts: SessionParts,
  request: OpenRequest,
  signal: AbortSignal,
): Promise<Opened<SmtpSession>> {
  const { address, port } = request.server;
  const from = request.localAddress === undefined ? {} : { from: request.localAddress };
  const stream = await within(parts.clock, parts.times.connectMs, signal, (bounded) =>
    parts.dialer.open({ host: address, port, ...from }, bounded),
  );
  if (!stream.ok) return failed('connection', 'connect', dialText[stream.error]);
  const channel = new SmtpChannel({ stream: stream.value, clock: parts.clock, signal });
  const opened = await greet(parts, request, channel);
  if (!opened.ok) channel.close();
  return opened;
}

async function greet(
  parts: SessionParts,
  request: OpenRequest,
  channel: SmtpChannel,
): Promise<Opened<SmtpSession>> {
  const greeting = await channel.reply(parts.times.greetingMs);
  const hello = expect(greeting, { code: 220, command: 'connect' });
  if (!hello.ok) return hello;
  const can = await sayHello(parts, request, channel);
  if (!can.ok) return can;
  const openedAtMs = parts.clock.monotonic();
  if (!wantsTls(request.tls, can.value)) return ok({ channel, can: can.value, tls: noTls, openedAtMs });
  const tls = await startTls(parts, { request, can: can.value }, channel);
  if (!tls.ok) return tls;
  const inside = await sayHello(parts, request, channel);
  if (!inside.ok) return err({ ...inside.error, tls: tls.value });
  return ok({ channel, can: { ...inside.value, startTls: false }, tls: tls.value, openedAtMs });
}

function wantsTls(mode: OpenRequest['tls'], can: ServerCan): boolean {
  if (mode === 'clear') return false;
  return mode === 'opportunistic' ? can.startTls : true;
}

async function sayHello(
  { times }: SessionParts,
  { helo, tls }: OpenRequest,
  channel: SmtpChannel,
): Promise<Opened<ServerCan>> {
  const ehlo = await channel.ask(`EHLO ${helo}`, times.ehloMs);
  if (ehlo.ok && ehlo.value.code === 250) return ok(readExtensions(ehlo.value));
  // RFC 5321 §3.2: a server that does not know EHLO is greeted with HELO; it cannot do TLS.
  const isOld = ehlo.ok && (ehlo.value.code === 500 || ehlo.value.code === 502);
  if (!isOld || tls === 'verified' || tls === 'encrypted') return unexpected(ehlo, 'connection', 'ehlo');
  const old = await channel.ask(`HELO ${helo}`, times.ehloMs);
  return old.ok && old.value.code === 250 ? ok(plainServer) : unexpected(old, 'connection', 'ehlo');
}

async function startTls(
  { times }: SessionParts,
  { request, can }: { readonly request: OpenRequest; readonly can: ServerCan },
  channel: SmtpChannel,
): Promise<Opened<SendReport['tls']>> {
  if (!can.startTls) return failed('tls', 'starttls', 'the server offers no TLS, which it must here');
  const go = await channel.ask('STARTTLS', times.ehloMs);
  if (!go.ok || go.value.code !== 220) return unexpected(go, 'tls', 'starttls');
  const verify = request.tls === 'verified';
  const facts = await channel.secure({ serverName: request.server.name, verify }, times.handshakeMs);
  if (facts.ok) return ok(tlsReport(facts.value));
  const text = `TLS handshake failed: ${cleanForeignText(facts.error.detail)}`;
  return failed('tls', 'starttls', text, { used: false, problem: cleanForeignText(facts.error.detail) });
}

function tlsReport(facts: TlsFacts): SendReport['tls'] {
  const { version, cipher, peerVerified, peerProblem } = facts;
  return {
    used: true,
    version,
    cipher,
    verified: peerVerified === true,
    ...(peerProblem === undefined ? {} : { problem: cleanForeignText(peerProblem) }),
  };
}

function expect(
  reply: Result<Reply, ChannelFailure>,
  wanted: { readonly code: number; readonly command: Command },
): Opened<Reply> {
  if (reply.ok && reply.value.code === wanted.code) return reply;
  return unexpected(reply, 'connection', wanted.command);
}

function unexpected(
  reply: Result<Reply, ChannelFailure>,
  outcome: 'connection' | 'tls',
  command: Command,
): Opened<never> {
  if (!reply.ok) return failed(outcome, command, reply.error.text);
  return err({ report: replyReport(reply.value, outcome, command), tls: noTls });
}

function failed(
  outcome: 'connection' | 'tls',
  command: Command,
  text: string,
  tls: SendReport['tls'] = noTls,
): Opened<never> {
  return err({ report: { outcome, code: undefined, status: undefined, command, text }, tls });
}

/** A server's reply as what it means for a recipient, in its own words (S-05). */
export function replyReport(
  reply: Reply,
  outcome: RecipientReport['outcome'],
  command: Command,
): RecipientReport {
  const text = cleanForeignText(`${reply.code} ${reply.lines.join(' ')}`.trimEnd());
  return { outcome, code: reply.code, status: enhancedStatus(reply), command, text };
}

const dialText: Readonly<Record<DialFailure, string>> = {
  refused: 'connection refused',
  timeout: 'no connection in time',
  unreachable: 'no way to this address',
  aborted: 'no connection in time',
  reset: 'connection reset',
  forbidden: 'this address may not be dialled',
};
