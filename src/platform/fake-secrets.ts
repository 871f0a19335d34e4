import { err, ok } from '#base/result.ts';
import { createFakeRandom } from './fake-random.ts';
import type { Secrets } from './secrets.ts';

const checkBytes = 4;

/** Wraps by a mask that its seed repeats: tells right from wrong keys and purposes, and protects nothing. */
export function createFakeSecrets(seed: number): Secrets {
  const mask = (purpose: string, length: number): Uint8Array =>
    createFakeRandom(fingerprint(`${seed} ${purpose}`)).bytes(length);
  return {
    masterKeyId: `fake-${seed}`,
    wrap(purpose, key) {
      const checked = new Uint8Array([...key, ...checksum(key)]);
      return xor(checked, mask(purpose, checked.length));
    },
    unwrap(purpose, wrapped) {
      const checked = xor(wrapped, mask(purpose, wrapped.length));
      const key = checked.slice(0, -checkBytes);
      const check = checksum(key);
      const holds = check.every((byte, i) => checked[key.length + i] === byte);
      return holds && wrapped.length > checkBytes ? ok(key) : err('wrong-key');
    },
  };
}

function xor(bytes: Uint8Array, mask: Uint8Array): Uint8Array {
  return bytes.map((byte, i) => byte ^ (mask[i] ?? 0));
}

function checksum(bytes: Uint8Array): Uint8Array {
  const value = fingerprint(String.fromCharCode(...bytes));
  return new Uint8Array([value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255]);
}

/** FNV-1a over the UTF-16 units. */
function fingerprint(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
