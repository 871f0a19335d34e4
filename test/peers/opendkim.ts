import { generateKeyPairSync } from 'node:crypto';
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, listening, makeFolder, removeFolder, stopChild, type Peer } from './peer.ts';

/** OpenDKIM as a milter that signs everything from this domain with RSA-2048, relaxed/relaxed. */
export async function startOpendkim(domain: string): Promise<Peer> {
  const dir = makeFolder('opendkim');
  const port = await freePort();
  const key = join(dir, 'signing.pem');
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(key, privateKey.export({ type: 'pkcs1', format: 'pem' }), { mode: 0o600 });
  const file = join(dir, 'opendkim.conf');
  writeFileSync(file, configuration({ domain, key, port }));
  const child = spawn('/usr/sbin/opendkim', ['-f', '-x', file], { stdio: 'ignore' });
  await listening(port);
  return {
    dir,
    port,
    log: () => '',
    stop: async () => {
      await stopChild(child);
      removeFolder(dir);
    },
  };
}

function configuration({ domain, key, port }: Record<'domain' | 'key', string> & { port: number }): string {
  return `Mode s
Domain ${domain}
Selector bench
KeyFile ${key}
Canonicalization relaxed/relaxed
OversignHeaders From
Socket inet:${String(port)}@127.0.0.1
UserID root
RequireSafeKeys no
InternalHosts 127.0.0.1
Syslog no
`;
}
