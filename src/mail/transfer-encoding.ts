import { createBase64Decoder } from './base64-stream.ts';
import { transformAll } from './byte-transform.ts';
import type { ByteTransform } from './byte-transform.ts';
import { noBytes } from './octets.ts';
import { createQuotedPrintableDecoder } from './quoted-printable.ts';
import { createUuDecoder } from './uudecode.ts';

const identity: ByteTransform = { push: (bytes) => bytes, finish: () => noBytes };

/**
 * A decoder for a Content-Transfer-Encoding (RFC 2045 §6). Damaged input is decoded as far as it goes; an encoding
 * nobody knows leaves the bytes as they are. Never throws.
 */
export function createTransferDecoder(encoding: string): ByteTransform {
  switch (normalizeEncoding(encoding)) {
    case 'base64':
      return createBase64Decoder();
    case 'quoted-printable':
      return createQuotedPrintableDecoder();
    case 'x-uuencode':
      return createUuDecoder();
    default:
      return identity;
  }
}

/** Spellings of the wild brought to the registered ones; lower case. */
export function normalizeEncoding(encoding: string): string {
  if (encoding === '7bit' || encoding === '8bit') return encoding;
  const name = encoding
    .slice(0, encodingCharsMax)
    .trim()
    .toLowerCase()
    .replaceAll(/^["']|["';,]+$/g, '');
  return spellings[name] ?? name;
}

/** No name is longer; what is, is none of ours. */
const encodingCharsMax = 64;

const spellings: Readonly<Record<string, string>> = {
  'quoted printable': 'quoted-printable',
  quotedprintable: 'quoted-printable',
  'quote-printable': 'quoted-printable',
  qp: 'quoted-printable',
  'base-64': 'base64',
  'base 64': 'base64',
  b64: 'base64',
  uuencode: 'x-uuencode',
  'x-uue': 'x-uuencode',
  uue: 'x-uuencode',
};

/** The whole at once. */
export function decodeTransfer(bytes: Uint8Array, encoding: string): Uint8Array {
  return transformAll(createTransferDecoder(encoding), bytes);
}
