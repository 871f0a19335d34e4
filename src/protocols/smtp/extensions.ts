import type { MailParameters } from '#delivery/receive/intake.ts';
import { isXtext, sizeValue } from './grammar.ts';

/** What an extension may know to say whether it is offered now. */
export interface Offer {
  readonly messageBytesMax: number;
  readonly canStartTls: boolean;
  readonly mechanisms: readonly string[];
  /** The peer may say whom it speaks for. */
  readonly mayXclient: boolean;
}

/** The parameters of a MAIL command as they grow; `undefined` where a parameter was malformed. */
export type MailFields = Omit<MailParameters, 'from'>;
export type ParameterReader = (value: string | undefined, fields: MailFields) => MailFields | undefined;

/**
 * One SMTP extension: what EHLO says of it, and how its MAIL parameters become fields of the envelope. The
 * third face, what a client sends on, is the client's (`client/client-extensions.ts`).
 */
export interface Extension {
  readonly keyword: string;
  /** Arguments behind the keyword, or `undefined` when it is not offered here and now. */
  readonly offer: (offer: Offer) => string | undefined;
  readonly mail?: Readonly<Record<string, ParameterReader>>;
}

const always = (): string => '';

/** RFC 6152 §2, RFC 3030 §3. */
function bodyType(value: string | undefined, fields: MailFields): MailFields | undefined {
  switch (value?.toUpperCase()) {
    case '7BIT':
      return { ...fields, bodyType: '7bit' };
    case '8BITMIME':
      return { ...fields, bodyType: '8bit' };
    case 'BINARYMIME':
      return { ...fields, bodyType: 'binary' };
    default:
      return undefined;
  }
}

/** RFC 1870 §3. */
function declaredSize(value: string | undefined, fields: MailFields): MailFields | undefined {
  const sizeBytes = value === undefined ? undefined : sizeValue(value);
  return sizeBytes === undefined ? undefined : { ...fields, sizeBytes };
}

/** RFC 6531 §3.4. */
function internationalized(value: string | undefined, fields: MailFields): MailFields | undefined {
  return value === undefined ? { ...fields, smtpUtf8: true } : undefined;
}

/** RFC 4954 §5: who another server says was logged in there; checked, and believed by nobody. */
function claimedIdentity(value: string | undefined, fields: MailFields): MailFields | undefined {
  return value !== undefined && isXtext(value) ? fields : undefined;
}

/** Every extension, in the order in which EHLO names them; nothing is announced that is not here. */
export const extensions: readonly Extension[] = [
  { keyword: 'PIPELINING', offer: always },
  { keyword: 'SIZE', offer: ({ messageBytesMax }) => `${messageBytesMax}`, mail: { SIZE: declaredSize } },
  { keyword: 'STARTTLS', offer: ({ canStartTls }) => (canStartTls ? '' : undefined) },
  {
    keyword: 'AUTH',
    offer: ({ mechanisms }) => (mechanisms.length > 0 ? mechanisms.join(' ') : undefined),
    mail: { AUTH: claimedIdentity },
  },
  { keyword: 'ENHANCEDSTATUSCODES', offer: always },
  { keyword: '8BITMIME', offer: always, mail: { BODY: bodyType } },
  { keyword: 'BINARYMIME', offer: always },
  { keyword: 'CHUNKING', offer: always },
  { keyword: 'XCLIENT', offer: ({ mayXclient }) => (mayXclient ? 'ADDR PORT PROTO HELO' : undefined) },
  { keyword: 'SMTPUTF8', offer: always, mail: { SMTPUTF8: internationalized } },
];

const mailReaders = new Map(extensions.flatMap(({ mail = {} }) => Object.entries(mail)));

/** The lines of EHLO's answer after the first. */
export function offered(offer: Offer): string[] {
  const lines: string[] = [];
  for (const extension of extensions) {
    const words = extension.offer(offer);
    if (words !== undefined) lines.push(words === '' ? extension.keyword : `${extension.keyword} ${words}`);
  }
  return lines;
}

/** How a MAIL parameter is read; AUTH exists only where one can log in. */
export function mailParameterReader(
  keyword: string,
  { knowsLogins }: { readonly knowsLogins: boolean },
): ParameterReader | undefined {
  if (keyword === 'AUTH' && !knowsLogins) return undefined;
  return mailReaders.get(keyword);
}
