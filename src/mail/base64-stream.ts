import type { ByteTransform } from './byte-transform.ts';
import { asBuffer, latin1Text } from './octets.ts';

/** RFC 2045 §6.8: lines of at most 76 characters, that is 57 bytes. */
const lineBytes = 57;

/**
 * Reads base64 of any shape: every character outside the alphabet is skipped (RFC 2045 §6.8), padding in the middle
 * ends a piece and the next begins, a last incomplete group gives the bytes it has.
 */
export function createBase64Decoder(): ByteTransform {
  let pending = '';
  return {
    push(bytes) {
      const text = pending + latin1Text(bytes);
      const clean = text.replaceAll(/[^A-Za-z0-9+/=]+/g, '');
      if (clean.includes('=')) return pushPadded(clean);
      const whole = clean.length - (clean.length % 4);
      pending = clean.slice(whole);
      return Buffer.from(clean.slice(0, whole), 'base64');
    },
    finish() {
      const rest = Buffer.from(pending, 'base64');
      pending = '';
      return rest;
    },
  };

  function pushPadded(clean: string): Uint8Array {
    const pieces = clean.split(/=+/);
    const last = pieces.pop() ?? '';
    const decoded = pieces.map((piece) => Buffer.from(piece, 'base64'));
    const whole = last.length - (last.length % 4);
    pending = last.slice(whole);
    return Buffer.concat([...decoded, Buffer.from(last.slice(0, whole), 'base64')]);
  }
}

/** Writes base64 in lines of 76 characters, each ended by CR LF, in any chunking. */
export function createBase64Encoder(): ByteTransform {
  let pending = Buffer.alloc(0);
  return {
    push(bytes) {
      const all = pending.length === 0 ? bytes : Buffer.concat([pending, bytes]);
      const whole = all.length - (all.length % lineBytes);
      // A copy: the chunk belongs to the caller.
      pending = Buffer.from(all.subarray(whole));
      return encodeLines(all.subarray(0, whole));
    },
    finish() {
      const rest = pending;
      pending = Buffer.alloc(0);
      return encodeLines(rest);
    },
  };
}

function encodeLines(bytes: Uint8Array): Uint8Array {
  const text = asBuffer(bytes).toString('base64');
  return Buffer.from(text.replaceAll(/.{1,76}/g, '$&\r\n'), 'latin1');
}
