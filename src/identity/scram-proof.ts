import { createHash, timingSafeEqual } from 'node:crypto';
import { hmac } from './scram-credentials.ts';
import type { ScramCredentials } from './scram-credentials.ts';

/** RFC 5802 §3: does the proof come from somebody who knows the password? In constant time. */
export function proofHolds(credentials: ScramCredentials, authMessage: string, proof: Buffer): boolean {
  const storedKey = Buffer.from(credentials.storedKey, 'base64');
  const signature = hmac(storedKey, authMessage);
  if (proof.byteLength !== signature.byteLength) return false;
  const clientKey = Buffer.from(proof.map((byte, index) => byte ^ (signature[index] ?? 0)));
  const claimed = createHash('sha256').update(clientKey).digest();
  return claimed.byteLength === storedKey.byteLength && timingSafeEqual(claimed, storedKey);
}

/** `v=` of the server's last message: we know the account, too. */
export function serverSignature(credentials: ScramCredentials, authMessage: string): string {
  return hmac(Buffer.from(credentials.serverKey, 'base64'), authMessage).toString('base64');
}
