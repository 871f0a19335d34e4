import type { ListenerRole } from '#protocols/conversation.ts';

const smtpLine = Buffer.from('421 4.7.0 Too many connections, try again later\r\n');

/** "Not now" in each protocol's own first words (P-29). */
const lines: Readonly<Record<ListenerRole, Buffer>> = {
  mx: smtpLine,
  submission: smtpLine,
  lmtp: smtpLine,
  imap: Buffer.from('* BYE [UNAVAILABLE] Too many connections, try again later\r\n'),
  pop3: Buffer.from('-ERR [SYS/TEMP] Too many connections, try again later\r\n'),
  http: Buffer.from('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'),
};

const bannedText = 'Not accepted from your address for now: too much went wrong from there';
const smtpBan = Buffer.from(`421 4.7.0 ${bannedText}\r\n`);

/** "Not you, for now", so that who is banned by mistake knows what to ask for (N-10). */
const banLines: Readonly<Record<ListenerRole, Buffer>> = {
  mx: smtpBan,
  submission: smtpBan,
  lmtp: smtpBan,
  imap: Buffer.from(`* BYE [UNAVAILABLE] ${bannedText}\r\n`),
  pop3: Buffer.from(`-ERR [SYS/TEMP] ${bannedText}\r\n`),
  http: Buffer.from('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'),
};

export function banLine(role: ListenerRole): Uint8Array {
  return banLines[role];
}

const deniedText = 'Not accepted from your address';
const smtpDenial = Buffer.from(`554 5.7.1 ${deniedText}\r\n`);

/** "Not you": a rule says so, and will tomorrow (RFC 5321 §3.1; a lasting state is no 4xx). */
const denialLines: Readonly<Record<ListenerRole, Buffer>> = {
  ...banLines,
  mx: smtpDenial,
  submission: smtpDenial,
  lmtp: smtpDenial,
  imap: Buffer.from(`* BYE ${deniedText}\r\n`),
  pop3: Buffer.from(`-ERR ${deniedText}\r\n`),
};

const bypass = Buffer.from(
  '554 5.7.1 This server takes mail from its gateway only: see the MX records of the domain\r\n',
);

/** "Not this way" (I-59); gateways are in front of `mx` only. */
export function bypassLine(): Uint8Array {
  return bypass;
}

export function denialLine(role: ListenerRole): Uint8Array {
  return denialLines[role];
}

export function refusalLine(role: ListenerRole): Uint8Array {
  return lines[role];
}
