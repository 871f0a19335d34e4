import type { Domain } from '#mail/domain.ts';
import { splitHeader } from '#mail/header.ts';
import type { HeaderBlock } from '#mail/header.ts';
import type { DkimKey } from '#store/contract/accounts.ts';
import type { SignData } from './dkim-private-key.ts';
import { relaxedField } from './relaxed-field.ts';

/**
 * Fields that are signed: each as often as it is there and once more, so that none can be added (RFC 6376 §8.15).
 * Those about the way (Received, Return-Path) are left out: they change.
 */
const oversigned: readonly string[] = [
  'from',
  'sender',
  'reply-to',
  'to',
  'cc',
  'subject',
  'date',
  'message-id',
  'in-reply-to',
  'references',
  'mime-version',
  'content-type',
  'content-transfer-encoding',
  'content-disposition',
  'content-id',
  'auto-submitted',
];
/** Signed where they are; a list may add its own. */
const signedWhenThere: readonly string[] = [
  'list-id',
  'list-unsubscribe',
  'list-unsubscribe-post',
  'list-help',
  'list-post',
];

/** A key and its private half, read once. */
export interface SigningKey {
  readonly key: DkimKey;
  readonly sign: SignData;
}

export interface SignRequest {
  readonly domain: Domain;
  /** One signature each. */
  readonly keys: readonly SigningKey[];
  /** The header as it goes out, CR LF, with or without its blank line. */
  readonly header: Uint8Array;
  /** `BodyHash` (relaxed) of the body as it goes out, in base64. */
  readonly bodyHash: string;
  readonly nowMs: number;
}

/**
 * DKIM-Signature fields (RFC 6376, RFC 8463) to stand in front of a message, one per key, relaxed/relaxed, without
 * `l=`. Nothing may change the message afterwards (I-40). The signing itself runs beside the event loop.
 */
export async function signDkim(request: SignRequest): Promise<string> {
  const block = splitHeader(request.header);
  const names = signedNames(block);
  const canonical = canonicalFields(block, names);
  const fields = request.keys.map((key) => signatureField(request, { key, names, canonical }));
  return (await Promise.all(fields)).join('');
}

/** As in `h=`: a name for each instance, and one more for those that may not be added. */
function signedNames(block: HeaderBlock): readonly string[] {
  const count = (name: string): number => block.fields.filter((field) => field.name === name).length;
  const often = (name: string, times: number): readonly string[] => Array.from({ length: times }, () => name);
  return [
    ...oversigned.flatMap((name) => often(name, count(name) + 1)),
    ...signedWhenThere.flatMap((name) => often(name, count(name))),
  ];
}

/** RFC 6376 §5.4.2: instances of one name from the last to the first; those that are not there are nothing. */
function canonicalFields(block: HeaderBlock, names: readonly string[]): string {
  const left = new Map<string, string[]>();
  for (const field of block.fields) {
    const text = block.text.slice(field.start, field.end);
    const known = left.get(field.name);
    if (known === undefined) left.set(field.name, [text]);
    else known.push(text);
  }
  const taken = names.map((name) => left.get(name)?.pop());
  return taken.map((text) => (text === undefined ? '' : `${relaxedField(text)}\r\n`)).join('');
}

interface Signing {
  readonly key: SigningKey;
  readonly names: readonly string[];
  readonly canonical: string;
}

async function signatureField(
  { domain, bodyHash, nowMs }: SignRequest,
  { key: { key, sign }, names, canonical }: Signing,
): Promise<string> {
  const unsigned =
    `DKIM-Signature: v=1; a=${key.algorithm}; c=relaxed/relaxed; d=${domain};\r\n` +
    ` s=${key.selector}; t=${Math.floor(nowMs / 1000)};\r\n` +
    ` h=${foldNames(names)};\r\n` +
    ` bh=${bodyHash};\r\n b=`;
  const signed = Buffer.from(`${canonical}${relaxedField(unsigned)}`, 'latin1');
  const value = Buffer.from(await sign(signed)).toString('base64');
  return `${unsigned}${foldBase64(value)}\r\n`;
}

const lineCharsWanted = 72;

function foldNames(names: readonly string[]): string {
  const lines: string[] = [];
  let line = '';
  for (const name of names) {
    const longer = line === '' ? name : `${line}:${name}`;
    if (longer.length > lineCharsWanted) {
      lines.push(`${line}:`);
      line = name;
    } else line = longer;
  }
  return [...lines, line].join('\r\n  ');
}

function foldBase64(value: string): string {
  return (value.match(/.{1,72}/g) ?? []).join('\r\n  ');
}
