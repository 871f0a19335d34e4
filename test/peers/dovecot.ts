import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { makeCertificate } from './certificate.ts';
import {
  freePort,
  listening,
  makeFolder,
  readLog,
  removeFolder,
  runTool,
  stopChild,
  type Peer,
} from './peer.ts';

export interface Dovecot extends Peer {
  /** IMAP with STARTTLS; `port` is the same. */
  readonly imapPort: number;
  readonly lmtpPort: number;
  /** Runs doveadm with this instance's configuration. */
  doveadm(...words: readonly string[]): Promise<string>;
}

export interface DovecotOptions {
  readonly users: readonly string[];
  readonly password: string;
  /** How mail is stored, as in `mail_location`. */
  readonly format?: 'maildir' | 'mdbox' | 'sdbox';
  readonly env?: NodeJS.ProcessEnv;
}

/** Dovecot for these users with IMAP and LMTP on loopback, stores as Debian packages it but for the places. */
export async function startDovecot(options: DovecotOptions): Promise<Dovecot> {
  const dir = makeFolder('dovecot');
  const imapPort = await freePort();
  const lmtpPort = await freePort();
  const { cert, key } = await makeCertificate(dir);
  const uid = Number((await runTool('id', ['-u', 'mail'])).trim());
  const gid = Number((await runTool('id', ['-g', 'mail'])).trim());
  mkdirSync(join(dir, 'mail'));
  chownSync(join(dir, 'mail'), uid, gid);
  chmodSync(dir, 0o755);
  const users = options.users.map(
    (user) => `${user}:{PLAIN}${options.password}:${String(uid)}:${String(gid)}::${dir}/mail/${user}::`,
  );
  writeFileSync(join(dir, 'users'), `${users.join('\n')}\n`);
  writeFileSync(
    join(dir, 'dovecot.conf'),
    configuration({ dir, imapPort, lmtpPort, cert, key, format: options.format ?? 'maildir' }),
  );
  const child = spawn('/usr/sbin/dovecot', ['-F', '-c', join(dir, 'dovecot.conf')], {
    stdio: 'ignore',
    env: { ...process.env, ...options.env },
  });
  await listening(imapPort);
  await listening(lmtpPort);
  return {
    dir,
    port: imapPort,
    imapPort,
    lmtpPort,
    log: () => readLog(join(dir, 'log')),
    doveadm: (...words) => runTool('doveadm', ['-c', join(dir, 'dovecot.conf'), ...words]),
    stop: async () => {
      await stopChild(child);
      removeFolder(dir);
    },
  };
}

interface Places {
  readonly dir: string;
  readonly imapPort: number;
  readonly lmtpPort: number;
  readonly cert: string;
  readonly key: string;
  readonly format: string;
}

function configuration(places: Places): string {
  const { dir } = places;
  return `
base_dir = ${dir}/run
state_dir = ${dir}/state
log_path = ${dir}/log
listen = 127.0.0.1
protocols = imap lmtp
ssl = yes
ssl_cert = <${places.cert}
ssl_key = <${places.key}
mail_location = ${places.format}:~/${places.format === 'maildir' ? 'Maildir' : 'mail'}
mail_privileged_group = mail
first_valid_uid = 1
mail_max_userip_connections = 1000
auth_mechanisms = plain login
passdb {
  driver = passwd-file
  args = ${dir}/users
}
userdb {
  driver = passwd-file
  args = ${dir}/users
}
service imap-login {
  inet_listener imap {
    port = ${String(places.imapPort)}
  }
  inet_listener imaps {
    port = 0
  }
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = ${String(places.lmtpPort)}
  }
}
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
namespace inbox {
  inbox = yes
  separator = /
}
`;
}
