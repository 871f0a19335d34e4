import { generateKeyPair } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { DkimKey } from '#store/contract/accounts.ts';

/** RFC 8301 §3.2: at least 2048 bits; longer keys do not fit into one TXT string everywhere. */
const rsaBits = 2048;

const generate = promisify(generateKeyPair);

/** Two keys for a domain: RSA for everyone, Ed25519 for those who can (RFC 8463); named by the month (I-38). */
export async function makeDkimKeys(nowMs: number): Promise<readonly DkimKey[]> {
  const month = new Date(nowMs).toISOString().slice(0, 7).replace('-', '');
  const [rsa, ed25519] = await Promise.all([
    generate('rsa', { modulusLength: rsaBits }),
    generate('ed25519', {}),
  ]);
  return [keyOf(`r${month}`, 'rsa-sha256', rsa, nowMs), keyOf(`e${month}`, 'ed25519-sha256', ed25519, nowMs)];
}

interface Pair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

function keyOf(selector: string, algorithm: DkimKey['algorithm'], pair: Pair, nowMs: number): DkimKey {
  return {
    selector,
    algorithm,
    privateKey: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }),
    record: dkimRecord(algorithm, pair.publicKey),
    active: true,
    createdAtMs: nowMs,
  };
}

/** The TXT record at `<selector>._domainkey.<domain>` (RFC 6376 §3.6.1): for mail, with SHA-256, and nothing else. */
export function dkimRecord(algorithm: DkimKey['algorithm'], publicKey: KeyObject): string {
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  // RFC 8463 §4: the bare key, which is the last 32 octets of its SubjectPublicKeyInfo.
  const isRsa = algorithm === 'rsa-sha256';
  const key = (isRsa ? spki : spki.subarray(-32)).toString('base64');
  return `v=DKIM1; k=${isRsa ? 'rsa' : 'ed25519'}; h=sha256; s=email; p=${key}`;
}
