import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import type { DkimKey } from '#store/contract/accounts.ts';

/** RFC 8301 §3.2: at least 2048 bits; longer keys do not fit into one TXT string everywhere. */
const rsaBits = 2048;

/** Two keys for a new domain: RSA for everyone, Ed25519 for those who can (RFC 8463); named by the month (I-38). */
export async function makeDkimKeys(nowMs: number): Promise<readonly DkimKey[]> {
  const month = new Date(nowMs).toISOString().slice(0, 7).replace('-', '');
  const [rsa, ed25519] = await Promise.all([
    promisify(generateKeyPair)('rsa', { modulusLength: rsaBits }),
    promisify(generateKeyPair)('ed25519', {}),
  ]);
  const common = { active: true, createdAtMs: nowMs };
  const spki = rsa.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  // RFC 8463 §4: the bare key, which is the last 32 octets of its SubjectPublicKeyInfo.
  const bare = ed25519.publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('base64');
  return [
    {
      ...common,
      selector: `r${month}`,
      algorithm: 'rsa-sha256',
      privateKey: rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      record: `v=DKIM1; k=rsa; p=${spki}`,
    },
    {
      ...common,
      selector: `e${month}`,
      algorithm: 'ed25519-sha256',
      privateKey: ed25519.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      record: `v=DKIM1; k=ed25519; p=${bare}`,
    },
  ];
}
