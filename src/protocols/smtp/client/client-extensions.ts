import type { Reply } from './reply-parser.ts';

/** What a server offers, as far as we use it. */
export interface ServerCan {
  readonly pipelining: boolean;
  readonly eightBit: boolean;
  readonly binary: boolean;
  readonly chunking: boolean;
  readonly smtpUtf8: boolean;
  readonly startTls: boolean;
  /** RFC 1870: `undefined` not offered, 0 no limit named. */
  readonly sizeBytesMax: number | undefined;
}

/** What of a message shows in the parameters of MAIL. */
export interface MailFacts {
  readonly sizeBytes: number;
  readonly bodyType: '7bit' | '8bit' | 'binary';
  readonly smtpUtf8: boolean;
}

/** The client's face of an SMTP extension: what EHLO's line tells, and what MAIL then says. */
export interface ClientExtension {
  readonly keyword: string;
  readonly learn: (argument: string) => Partial<ServerCan>;
  readonly mail?: (facts: MailFacts) => string | undefined;
}

export const clientExtensions: readonly ClientExtension[] = [
  { keyword: 'PIPELINING', learn: () => ({ pipelining: true }) },
  {
    keyword: 'SIZE',
    learn: (argument) => ({ sizeBytesMax: /^\d{1,15}$/.test(argument) ? Number(argument) : 0 }),
    mail: ({ sizeBytes }) => `SIZE=${sizeBytes}`,
  },
  {
    keyword: '8BITMIME',
    learn: () => ({ eightBit: true }),
    mail: ({ bodyType }) => (bodyType === '8bit' ? 'BODY=8BITMIME' : undefined),
  },
  { keyword: 'CHUNKING', learn: () => ({ chunking: true }) },
  {
    keyword: 'BINARYMIME',
    learn: () => ({ binary: true }),
    mail: ({ bodyType }) => (bodyType === 'binary' ? 'BODY=BINARYMIME' : undefined),
  },
  {
    keyword: 'SMTPUTF8',
    learn: () => ({ smtpUtf8: true }),
    mail: ({ smtpUtf8 }) => (smtpUtf8 ? 'SMTPUTF8' : undefined),
  },
  { keyword: 'STARTTLS', learn: () => ({ startTls: true }) },
];

/** RFC 5321 §2.2.1: a server that was greeted with HELO. */
export const plainServer: ServerCan = {
  pipelining: false,
  eightBit: false,
  binary: false,
  chunking: false,
  smtpUtf8: false,
  startTls: false,
  sizeBytesMax: undefined,
};

/** RFC 5321 §4.1.1.1: the first line greets, each further one names an extension. */
export function readExtensions(reply: Reply): ServerCan {
  let can = plainServer;
  for (const line of reply.lines.slice(1)) {
    const [keyword = '', argument = ''] = line.trim().split(/ +/, 2);
    const row = clientExtensions.find((one) => one.keyword === keyword.toUpperCase());
    if (row !== undefined) can = { ...can, ...row.learn(argument) };
  }
  // RFC 3030 §3: BINARYMIME has no way to send without CHUNKING.
  return { ...can, binary: can.binary && can.chunking };
}

/** The parameters of MAIL for a message, each with a space in front; only of what the server offers. */
export function mailParameters(facts: MailFacts, can: ServerCan): string {
  const offered: Readonly<Record<string, boolean>> = {
    SIZE: can.sizeBytesMax !== undefined,
    '8BITMIME': can.eightBit,
    BINARYMIME: can.binary,
    SMTPUTF8: can.smtpUtf8,
  };
  const said = clientExtensions
    .filter((row) => offered[row.keyword] === true)
    .map((row) => row.mail?.(facts));
  return said.map((one) => (one === undefined ? '' : ` ${one}`)).join('');
}
