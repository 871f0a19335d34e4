import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeCertificate } from './certificate.ts';
import {
  freePort,
  listening,
  makeFolder,
  readLog,
  removeFolder,
  runTool,
  stopByPidFile,
  type Peer,
} from './peer.ts';

export interface Postfix extends Peer {
  /** How many messages wait in its queue. */
  queued(): Promise<number>;
  /** Runs postqueue, postsuper, sendmail, … with this instance's configuration. */
  readonly config: string;
}

export interface PostfixOptions {
  readonly hostname: string;
  /** Lines for main.cf. */
  readonly settings: readonly string[];
  /** Recipients it takes for itself and delivers by `settings`' transport. */
  readonly env?: NodeJS.ProcessEnv;
  /** The address of the resolver that it asks, on port 53, instead of the system's. */
  readonly resolver?: string;
}

/** Postfix on loopback with a queue of its own, nothing else changed from Debian's packaging. */
export async function startPostfix(options: PostfixOptions): Promise<Postfix> {
  const dir = makeFolder('postfix');
  const port = await freePort();
  const { cert, key } = await makeCertificate(dir);
  const config = join(dir, 'etc');
  const uid = Number((await runTool('id', ['-u', 'postfix'])).trim());
  mkdirSync(config);
  mkdirSync(join(dir, 'spool'));
  mkdirSync(join(dir, 'data'));
  chmodSync(dir, 0o755);
  chownSync(join(dir, 'data'), uid, uid);
  writeFileSync(join(config, 'main.cf'), mainConfiguration(dir, { cert, key }, options));
  writeFileSync(join(config, 'master.cf'), masterConfiguration(port));
  await runTool('/usr/sbin/postfix', ['-c', config, 'check']);
  await start(dir, options);
  await listening(port);
  return {
    dir,
    port,
    config,
    log: () => readLog(join(dir, 'log')),
    queued: async () => countQueue(await runTool('/usr/sbin/postqueue', ['-c', config, '-j'])),
    stop: async () => {
      await stopByPidFile(join(dir, 'spool/pid/master.pid'));
      removeFolder(dir);
    },
  };
}

async function start(dir: string, { env, resolver }: PostfixOptions): Promise<void> {
  const set = Object.entries(env ?? {}).map(([name, value]) => `${name}=${value ?? ''}`);
  const words = ['env', ...set, '/usr/sbin/postfix', '-c', join(dir, 'etc'), 'start'];
  if (resolver === undefined) return void (await runTool('env', words.slice(1)));
  // A name space of mounts of its own, in which the system's resolver is another one.
  const file = join(dir, 'resolv.conf');
  writeFileSync(file, `nameserver ${resolver}\n`);
  const script = 'mount --bind "$0" "$(readlink -f /etc/resolv.conf)" && exec "$@"';
  await runTool('unshare', ['-m', 'sh', '-c', script, file, ...words]);
}

function countQueue(json: string): number {
  return json.split('\n').filter((line) => line.startsWith('{')).length;
}

function mainConfiguration(
  dir: string,
  tls: { readonly cert: string; readonly key: string },
  options: PostfixOptions,
): string {
  return [
    'compatibility_level = 3.6',
    `queue_directory = ${dir}/spool`,
    `data_directory = ${dir}/data`,
    `maillog_file = ${dir}/log`,
    `maillog_file_prefixes = ${dir}`,
    `myhostname = ${options.hostname}`,
    'mydestination =',
    'mynetworks = 127.0.0.0/8',
    'inet_interfaces = 127.0.0.1',
    'inet_protocols = ipv4',
    'alias_maps =',
    'alias_database =',
    'local_recipient_maps =',
    'smtp_host_lookup = native',
    'import_environment = MAIL_CONFIG MAIL_DEBUG MAIL_LOGTAG TZ LANG=C LD_PRELOAD SLOW_SYNC_US',
    'export_environment = TZ MAIL_CONFIG LANG LD_PRELOAD SLOW_SYNC_US',
    `smtpd_tls_cert_file = ${tls.cert}`,
    `smtpd_tls_key_file = ${tls.key}`,
    'smtpd_tls_security_level = may',
    'smtp_tls_security_level = may',
    'smtp_tls_loglevel = 1',
    'smtpd_tls_loglevel = 1',
    ...options.settings,
    '',
  ].join('\n');
}

function masterConfiguration(port: number): string {
  return `
127.0.0.1:${String(port)} inet n - n - - smtpd
postlog unix-dgram n - n - 1 postlogd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
`;
}
