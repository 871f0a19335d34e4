import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import type { TlsTalk } from './tls-talk.ts';

/** How a protocol carries SASL. */
export interface SaslDialect {
  readonly begin: (mechanism: string, first: string) => string;
  /** The last line of an answer: a challenge, or the end. */
  readonly answer: RegExp;
  readonly challenge: RegExp;
  readonly accepted: RegExp;
}

const smtp: SaslDialect = {
  begin: (mechanism, first) => `AUTH ${mechanism} ${first}`,
  answer: /^\d{3} [^\r\n]*\r\n$/m,
  challenge: /^334 (\S*)\r\n/m,
  accepted: /^235 /m,
};
const imap: SaslDialect = {
  begin: (mechanism, first) => `a AUTHENTICATE ${mechanism} ${first}`,
  answer: /^(?:\+|a) [^\r\n]*\r\n$/m,
  challenge: /^\+ (\S*)\r\n/m,
  accepted: /^a OK /m,
};
const pop3: SaslDialect = {
  begin: (mechanism, first) => `AUTH ${mechanism} ${first}`,
  answer: /^(?:\+|-)[^\r\n]*\r\n$/m,
  challenge: /^\+ (\S*)\r\n/m,
  accepted: /^\+OK/m,
};

export const saslDialects = { smtp, imap, pop3 } as const;

export interface ScramTry {
  readonly dialect: SaslDialect;
  readonly mechanism: 'SCRAM-SHA-256' | 'SCRAM-SHA-256-PLUS';
  readonly user: string;
  readonly password: string;
  /** `n,,`, `y,,` or `p=…,,` (RFC 5802 §7). */
  readonly gs2: string;
  /** What the client says the connection is. */
  readonly binding: Buffer;
}

export interface ScramEnd {
  readonly accepted: boolean;
  /** The server showed that it knows the account, too. */
  readonly serverProven: boolean;
  /** The client's last message, as somebody in between could say it again. */
  readonly final: string;
}

/** SCRAM by RFC 5802 and RFC 7677, written for this test alone: it shares nothing with the server's. */
export async function loginByScram(talk: TlsTalk, given: ScramTry): Promise<ScramEnd> {
  const { dialect, mechanism, user, password, gs2, binding } = given;
  const bare = `n=${user},r=${randomBytes(12).toString('base64')}`;
  await talk.say(dialect.begin(mechanism, encode(`${gs2}${bare}`)), dialect.answer);
  const serverFirst = decode(dialect.challenge.exec(talk.heard)?.[1]);
  if (serverFirst === undefined) return { accepted: false, serverProven: false, final: '' };
  const [, nonce = '', salt = '', rounds = '0'] = /^r=([^,]*),s=([^,]*),i=(\d+)$/.exec(serverFirst) ?? [];
  const salted = pbkdf2Sync(password, Buffer.from(salt, 'base64'), Number(rounds), 32, 'sha256');
  const channel = Buffer.concat([Buffer.from(gs2), binding]).toString('base64');
  const authMessage = `${bare},${serverFirst},c=${channel},r=${nonce}`;
  const clientKey = hmac(salted, 'Client Key');
  const signature = hmac(createHash('sha256').update(clientKey).digest(), authMessage);
  const proof = Buffer.from(clientKey.map((byte, at) => byte ^ (signature[at] ?? 0)));
  const final = encode(`c=${channel},r=${nonce},p=${proof.toString('base64')}`);
  await talk.say(final, dialect.answer);
  const serverFinal = decode(dialect.challenge.exec(talk.heard)?.[1]);
  const expected = `v=${hmac(hmac(salted, 'Server Key'), authMessage).toString('base64')}`;
  if (serverFinal !== undefined) await talk.say('', dialect.answer);
  return { accepted: dialect.accepted.test(talk.heard), serverProven: serverFinal === expected, final };
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64');
}

function decode(text: string | undefined): string | undefined {
  return text === undefined ? undefined : Buffer.from(text, 'base64').toString();
}
