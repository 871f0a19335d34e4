import { BodyHash } from '#mailauth/dkim/body-hash.ts';
import { readPrivateKey } from '#mailauth/dkim-private-key.ts';
import { signDkim } from '#mailauth/dkim-sign.ts';
import { parseDomain } from '#mail/domain.ts';
import { recipientAddresses } from './recipients.ts';
import type { SendingDomain, SendingHost } from './check-zone.ts';

/** A mail as the generator sends it. */
export interface PreparedMail {
  readonly host: SendingHost;
  readonly from: string;
  readonly to: string;
  /** Signed, CR LF, dots doubled, with the dot that ends it; octets as characters. */
  readonly data: string;
}

/** What is written before it is signed. */
export interface Letter {
  readonly domain: SendingDomain;
  readonly author: string;
  readonly to: string;
  readonly subject: string;
  readonly links: readonly string[];
}

/** So many that each mailbox stays short: a Maildir takes the longer for each message the more it holds. */
export const recipients = recipientAddresses(100);
const sizeBytes = 4096;
/** Sites that many link to; the third link of each message is one that nobody has seen before. */
const sharedSites = 500;

/** Of message `n`. */
export function recipientOf(n: number): string {
  const recipient = recipients[n % recipients.length];
  if (recipient === undefined) throw new Error('no recipients');
  return recipient;
}

/** Message `n`: links to its sender's own site, to one of many that all link to, and to one of its own. */
export async function prepareMail(n: number, domains: readonly SendingDomain[]): Promise<PreparedMail> {
  const domain = domains[n % domains.length];
  if (domain === undefined) throw new Error('no domains');
  const author = `writer${String(n % 7)}@${domain.name}`;
  const links = [
    `https://www.${domain.name}/letters/${String(n)}`,
    `https://bench-site-${String((n * 7) % sharedSites)}.com/page?from=letter`,
    `http://bench-page-${String(n)}.com/`,
  ];
  // Each domain writes to all of them.
  const to = recipientOf(n + Math.floor(n / domains.length));
  const data = await write({ domain, author, to, subject: `Letter ${String(n)}`, links });
  return { host: domain.host, from: author, to, data };
}

/** Signs as the domain does and makes it ready for DATA. */
export async function write(letter: Letter): Promise<string> {
  const [header, body] = compose(letter);
  const hash = new BodyHash('relaxed');
  hash.update(Buffer.from(body, 'latin1'));
  const name = parseDomain(letter.domain.name);
  if (!name.ok) throw new Error(letter.domain.name);
  const signature = await signDkim({
    domain: name.value,
    keys: letter.domain.keys.map((key) => ({ key, sign: readPrivateKey(key) })),
    header: Buffer.from(header, 'latin1'),
    bodyHash: hash.end().digest.toString('base64'),
    nowMs: Date.now(),
  });
  return `${signature}${header}\r\n${body}`.replaceAll('\r\n.', '\r\n..') + '.\r\n';
}

function compose({ author, to, subject, links }: Letter): readonly [string, string] {
  const id = `${subject.toLowerCase().replaceAll(' ', '.')}.${String(Date.now())}`;
  const header = [
    `From: A Writer <${author}>`,
    `To: <${to}>`,
    `Subject: ${subject}`,
    `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${id}@${author.split('@')[1] ?? ''}>`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
  ];
  const named = links.map((link) => `See ${link} for more.\r\n`).join('');
  const line = `Words of the letter "${subject}" that stand here so that it has its size.\r\n`;
  const room = sizeBytes - header.join('\r\n').length - named.length;
  return [`${header.join('\r\n')}\r\n`, named + line.repeat(Math.max(1, Math.floor(room / line.length)))];
}
