import { Buffer } from 'node:buffer';

/**
 * Mailbox names of IMAP4rev1 (RFC 3501 §5.1.3): printable ASCII as itself, `&` as `&-`, all else as UTF-16BE in
 * base64 with `,` for `/` and no padding. Decoding insists on the one right spelling, so that two names that look
 * alike on the wire are never one mailbox.
 */
export function encodeModifiedUtf7(name: string): string {
  return name.replace(/&|[^\x20-\x7e]+/g, (run) => (run === '&' ? '&-' : `&${encodeRun(run)}-`));
}

/** `undefined`: not modified UTF-7. */
export function decodeModifiedUtf7(text: string): string | undefined {
  let name = '';
  let at = 0;
  while (at < text.length) {
    const shift = text.indexOf('&', at);
    const plain = text.slice(at, shift < 0 ? text.length : shift);
    if (!/^[\x20-\x7e]*$/.test(plain)) return undefined;
    name += plain;
    if (shift < 0) break;
    const end = text.indexOf('-', shift);
    if (end < 0) return undefined;
    const run = decodeRun(text.slice(shift + 1, end));
    if (run === undefined) return undefined;
    name += run;
    at = end + 1;
  }
  return encodeModifiedUtf7(name) === text ? name : undefined;
}

function encodeRun(run: string): string {
  const bytes = Buffer.from(run, 'utf16le').swap16();
  return bytes.toString('base64').replaceAll('/', ',').replace(/=+$/, '');
}

function decodeRun(run: string): string | undefined {
  if (run === '') return '&';
  if (!/^[A-Za-z0-9+,]+$/.test(run)) return undefined;
  const bytes = Buffer.from(run.replaceAll(',', '/'), 'base64');
  if (bytes.length === 0 || bytes.length % 2 !== 0) return undefined;
  const text = bytes.swap16().toString('utf16le');
  return text.isWellFormed() ? text : undefined;
}
