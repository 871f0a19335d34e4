import { formatAddress } from './address.ts';
import type { Address, ReversePath } from './address.ts';
import { formatDate } from './date.ts';
import { findFields } from './header.ts';
import type { HeaderBlock } from './header.ts';
import { cleanForeignText } from './header-text.ts';

/** RFC 5321 §6.3 asks for at least 100 Received fields before a message is called a loop (S-10). */
export const receivedFieldsMax = 100;

export interface ReceivedTrace {
  /** As the client called itself; `undefined` when it said nothing. */
  readonly helo: string | undefined;
  /** IP address of the client, or `undefined` to keep it out (S-11: submission). */
  readonly client: string | undefined;
  /** Verified reverse name, when there is one. */
  readonly clientName?: string;
  /** Our name. */
  readonly by: string;
  readonly protocol: 'SMTP' | 'ESMTP' | 'LMTP';
  readonly tls: { readonly version: string; readonly cipher: string } | undefined;
  readonly authenticated: boolean;
  readonly smtpUtf8: boolean;
  readonly id: string;
  /** Written only when there is exactly one (S-11). */
  readonly recipients: readonly Address[];
  readonly atMs: number;
}

/** The `Received:` field (RFC 5321 §4.4) with its line ends; lines below 998 octets whatever the peer said. */
export function formatReceived(trace: ReceivedTrace): Uint8Array {
  const lines = [
    fromClause(trace),
    `by ${trace.by} ${protocolClause(trace)}`,
    `id ${trace.id}${forClause(trace)};`,
  ];
  lines.push(formatDate(trace.atMs));
  return Buffer.from(`Received: ${lines.filter((line) => line !== '').join('\r\n\t')}\r\n`);
}

function fromClause(trace: ReceivedTrace): string {
  const helo = peerName(trace.helo, trace.smtpUtf8);
  if (trace.client === undefined) return `from ${helo}`;
  const name = trace.clientName === undefined ? '' : `${peerName(trace.clientName, false)} `;
  return `from ${helo} (${name}${literal(trace.client)})`;
}

/** `Extended-Domain` holds a domain or literal; everything else of theirs is made harmless (S-05). */
function peerName(name: string | undefined, utf8: boolean): string {
  const allowed = utf8 ? /[^\p{L}\p{M}\p{N}.:[\]_-]/gu : /[^A-Za-z0-9.:[\]_-]/g;
  const text = cleanForeignText(name ?? '').replaceAll(allowed, '?');
  return text === '' ? 'unknown' : text.slice(0, peerNameCharsMax);
}

/** RFC 5321 §4.5.3.1.2. */
const peerNameCharsMax = 255;

function literal(client: string): string {
  return client.includes(':') ? `[IPv6:${client}]` : `[${client}]`;
}

/** RFC 3848, RFC 6531 §4.3; the TLS clause as a comment, as all do. */
function protocolClause(trace: ReceivedTrace): string {
  const tls = trace.tls === undefined ? '' : ` (${trace.tls.version} ${trace.tls.cipher})`;
  return `with ${protocolName(trace)}${tls}`;
}

function protocolName(trace: ReceivedTrace): string {
  const suffix = `${trace.tls === undefined ? '' : 'S'}${trace.authenticated ? 'A' : ''}`;
  if (trace.protocol === 'LMTP') return `${trace.smtpUtf8 ? 'UTF8LMTP' : 'LMTP'}${suffix}`;
  if (trace.smtpUtf8) return `UTF8SMTP${suffix}`;
  return suffix === '' ? trace.protocol : `ESMTP${suffix}`;
}

function forClause(trace: ReceivedTrace): string {
  const [only] = trace.recipients;
  return only === undefined || trace.recipients.length > 1 ? '' : `\r\n\tfor <${formatAddress(only)}>`;
}

/** `Return-Path:` with its line end (RFC 5321 §4.4), written at final delivery only. */
export function formatReturnPath(from: ReversePath): Uint8Array {
  return Buffer.from(`Return-Path: <${from === undefined ? '' : formatAddress(from)}>\r\n`);
}

/** How many servers the message has passed; a loop when there are `receivedFieldsMax` (RFC 5321 §6.3). */
export function countReceived(block: HeaderBlock): number {
  return findFields(block, 'received').length;
}

export function isLoop(block: HeaderBlock): boolean {
  return countReceived(block) >= receivedFieldsMax;
}
