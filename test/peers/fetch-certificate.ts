import { runClient } from './peer.ts';

/** The certificate that a server shows after STARTTLS, as PEM, as openssl sees it. */
export async function fetchCertificate(port: number, protocol: 'imap' | 'pop3' | 'smtp'): Promise<string> {
  const words = [
    's_client',
    '-connect',
    `127.0.0.1:${String(port)}`,
    '-starttls',
    protocol,
    '-servername',
    'localhost',
  ];
  const { output } = await runClient('openssl', words, { input: 'QUIT\r\n' });
  const pem = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----\n/.exec(output);
  if (pem === null) throw new Error(`openssl s_client saw no certificate: ${output.slice(0, 400)}`);
  return pem[0];
}
