import { isAscii, isUtf8 } from 'node:buffer';
import iconv from 'iconv-lite';
import { decodeShifted } from './charset-shifted.ts';
import { asBuffer, latin1Text } from './octets.ts';

/** Names that occur in mail and that no standard table has. Keys without punctuation. */
const aliases: Readonly<Record<string, string>> = {
  utf8mb4: 'utf-8',
  unicode11utf8: 'utf-8',
  unicode11utf7: 'utf-7',
  utf7: 'utf-7',
  xunicode20utf7: 'utf-7',
  xmacroman: 'macintosh',
  macroman: 'macintosh',
  xmaccyrillic: 'x-mac-cyrillic',
  iso88598i: 'iso-8859-8',
  iso88598e: 'iso-8859-8',
  iso88596e: 'iso-8859-6',
  iso88596i: 'iso-8859-6',
  cp949: 'euc-kr',
  uhc: 'euc-kr',
  cp936: 'gbk',
  ms936: 'gbk',
  cp932: 'shift_jis',
  ms932: 'shift_jis',
  windows31j: 'shift_jis',
  cp950: 'big5',
  eucjpms: 'euc-jp',
  eucgb2312cn: 'gbk',
  euccn: 'gbk',
  iso2022jp1: 'iso-2022-jp',
  iso2022jp2: 'iso-2022-jp',
  iso2022jp3: 'iso-2022-jp',
  iso2022jpms: 'iso-2022-jp',
  cp50220: 'iso-2022-jp',
  cp50221: 'iso-2022-jp',
  hzgb2312: 'hz-gb-2312',
  hz: 'hz-gb-2312',
};

/** No charset name is longer; what is, is none. */
const labelMax = 64;

/**
 * Text of bytes in any charset that mail uses. A missing, unknown or plainly wrong name is answered by the best guess:
 * UTF-8 when the bytes are, else windows-1252. Never throws; what cannot be read becomes U+FFFD.
 */
export function decodeCharset(bytes: Uint8Array, label: string | undefined): string {
  const name = normalizeLabel(label);
  if (name === '' || guessed.has(name)) return guess(bytes);
  if (name === 'utf-8') return decodeUtf8(bytes);
  return decodeNamed(bytes, name) ?? guess(bytes);
}

/** Says nothing about bytes over 127, whatever the name promises: mail programs put anything there. */
const guessed: ReadonlySet<string> = new Set([
  'us-ascii',
  'ascii',
  'ansi_x3.4-1968',
  'unknown',
  'unknown-8bit',
  'x-unknown',
  'default',
  'default_charset',
  'binary',
  '8bit',
  '7bit',
]);

function normalizeLabel(label: string | undefined): string {
  if (label === undefined || label.length > labelMax) return '';
  if (label === 'utf-8' || label === 'us-ascii') return label;
  // RFC 2231 §5 puts a language after the name.
  const name = (label.split('*', 1)[0] ?? '').replaceAll(/["'\s\0]/g, '').toLowerCase();
  if (name === 'utf8' || name === 'utf-8') return 'utf-8';
  return aliases[name.replaceAll(/[^a-z0-9]/g, '')] ?? name;
}

function guess(bytes: Uint8Array): string {
  if (isAscii(bytes)) return latin1Text(bytes);
  return isUtf8(bytes) ? decodeUtf8(bytes) : new TextDecoder('windows-1252').decode(bytes);
}

function decodeUtf8(bytes: Uint8Array): string {
  const text = asBuffer(bytes).toString('utf8');
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

function decodeNamed(bytes: Uint8Array, name: string): string | undefined {
  const shifted = decodeShifted(bytes, name);
  if (shifted !== undefined) return shifted;
  // "utf-16" without a mark is big-endian by RFC 2781 and little-endian by WHATWG: iconv-lite looks at the text.
  const decoder = name === 'utf-16' || name === 'utf-7' ? undefined : webDecoder(name);
  if (decoder !== undefined) return decoder.decode(bytes);
  return decodeIconv(bytes, name);
}

function webDecoder(name: string): TextDecoder | undefined {
  try {
    return new TextDecoder(name);
  } catch {
    return undefined;
  }
}

function decodeIconv(bytes: Uint8Array, name: string): string | undefined {
  if (!mailCharset.test(name)) return undefined;
  try {
    return iconv.encodingExists(name) ? iconv.decode(Buffer.from(bytes), name) : undefined;
  } catch {
    return undefined;
  }
}

/** iconv-lite also knows `hex`, `base64` and its own internals, which are no charsets. */
const mailCharset =
  /^(?!(?:_|hex$|base64$|internal|binary$|singlebyte|dbcs|utf16$|utf32$))[a-z0-9][a-z0-9_.:+()-]*$/;
