import { join } from 'node:path';
import { runTool } from './peer.ts';

/** A self-signed P-256 certificate for loopback, made by openssl. */
export async function makeCertificate(dir: string): Promise<{ readonly cert: string; readonly key: string }> {
  const cert = join(dir, 'cert.pem');
  const key = join(dir, 'key.pem');
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '30'];
  await runTool('openssl', ['req', '-x509', ...kind, ...subject, '-keyout', key, '-out', cert]);
  return { cert, key };
}
