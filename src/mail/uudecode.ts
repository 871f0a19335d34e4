import type { ByteTransform } from './byte-transform.ts';
import { latin1Text } from './octets.ts';

/** A line of uuencode has at most 61 characters; longer ones are skipped. */
const lineMax = 128;

/** Reads uuencode as old mail carries it: what stands before `begin` and after `end` is skipped. */
export function createUuDecoder(): ByteTransform {
  let state: 'before' | 'inside' | 'after' = 'before';
  let pending = '';
  const line = (text: string): Buffer | undefined => {
    if (state === 'before') {
      if (/^begin [0-7]{3,4} /.test(text)) state = 'inside';
      return undefined;
    }
    if (state === 'after' || text === '' || text.length > lineMax) return undefined;
    if (text === 'end') {
      state = 'after';
      return undefined;
    }
    return decodeLine(text);
  };
  const run = (text: string): Uint8Array => {
    const lines = text.split('\n');
    pending = (lines.pop() ?? '').slice(0, lineMax + 1);
    return Buffer.concat(
      lines.map((text) => line(text.replace(/\r$/, ''))).filter((out) => out !== undefined),
    );
  };
  return {
    push: (bytes) => run(pending + latin1Text(bytes)),
    finish: () => run(`${pending}\n`),
  };
}

function decodeLine(text: string): Buffer {
  const size = (text.charCodeAt(0) - 32) & 63;
  const out = Buffer.alloc(size);
  let at = 0;
  for (let i = 1; at < size; i += 4) {
    const bits = (six(text, i) << 18) | (six(text, i + 1) << 12) | (six(text, i + 2) << 6) | six(text, i + 3);
    for (let shift = 16; shift >= 0 && at < size; shift -= 8) out[at++] = (bits >> shift) & 255;
  }
  return out;
}

function six(text: string, at: number): number {
  return at < text.length ? (text.charCodeAt(at) - 32) & 63 : 0;
}
