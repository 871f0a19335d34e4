import { spawn } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeCertificate } from './certificate.ts';
import {
  freePort,
  listening,
  makeFolder,
  readLog,
  removeFolder,
  runClient,
  runTool,
  stopChild,
  type Outcome,
  type Peer,
} from './peer.ts';

export const eximBinary = '/opt/postern-peers/exim/usr/sbin/exim4';

export interface Exim extends Peer {
  /** Hands it a message from the command line, which it then sends on its own. */
  submit(from: string, to: string, message: string): Promise<Outcome>;
  /** Where it keeps what it received: an mbox file. */
  readonly mailFile: string;
}

export interface EximOptions {
  readonly hostname: string;
  /** Takes mail for this domain; everything else goes to `next`. */
  readonly domain: string;
  readonly next: { readonly host: string; readonly port: number };
}

/** Exim on loopback: receives for one domain into a file, sends the rest to one other server by TLS. */
export async function startExim(options: EximOptions): Promise<Exim> {
  const dir = makeFolder('exim');
  const port = await freePort();
  const { cert, key } = await makeCertificate(dir);
  const uid = Number((await runTool('id', ['-u', 'Debian-exim'])).trim());
  const gid = Number((await runTool('id', ['-g', 'Debian-exim'])).trim());
  chmodSync(dir, 0o755);
  for (const name of ['spool', 'log', 'mail']) {
    mkdirSync(join(dir, name));
    chownSync(join(dir, name), uid, gid);
  }
  chownSync(key, uid, gid);
  const file = join(dir, 'exim.conf');
  writeFileSync(file, configuration({ dir, port, cert, key }, options));
  const child = spawn(eximBinary, ['-C', file, '-bdf', '-q10s'], { stdio: 'ignore' });
  await listening(port);
  return {
    dir,
    port,
    mailFile: join(dir, 'mail/inbox'),
    log: () => readLog(join(dir, 'log/main')),
    submit: (from, to, message) =>
      runClient(eximBinary, ['-C', file, '-odi', '-f', from, to], { input: message }),
    stop: async () => {
      await stopChild(child);
      removeFolder(dir);
    },
  };
}

interface Places {
  readonly dir: string;
  readonly port: number;
  readonly cert: string;
  readonly key: string;
}

function configuration(places: Places, options: EximOptions): string {
  const { dir } = places;
  return `
exim_path = ${eximBinary}
primary_hostname = ${options.hostname}
spool_directory = ${dir}/spool
log_file_path = ${dir}/log/%s
pid_file_path = ${dir}/spool/exim.pid
local_interfaces = 127.0.0.1
daemon_smtp_ports = ${String(places.port)}
tls_advertise_hosts = *
tls_certificate = ${places.cert}
tls_privatekey = ${places.key}
acl_smtp_rcpt = accept_all
keep_environment =
begin acl
accept_all:
  accept
begin routers
inbox:
  driver = accept
  domains = ${options.domain}
  transport = file
next:
  driver = manualroute
  route_list = * ${options.next.host}
  transport = smtp
  self = send
begin transports
file:
  driver = appendfile
  file = ${dir}/mail/inbox
  user = Debian-exim
  group = Debian-exim
smtp:
  driver = smtp
  port = ${String(options.next.port)}
  hosts_require_tls = *
  hosts_try_chunking = *
  allow_localhost
  interface = 127.0.0.1
begin retry
* * F,1m,2s
`;
}
