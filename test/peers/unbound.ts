import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, listening, makeFolder, readLog, removeFolder, stopChild, type Peer } from './peer.ts';

export interface UnboundOptions {
  /** One of loopback's addresses at which it answers on port 53 too, for programs that know no other port. */
  readonly atPort53?: string;
  /** Zones that a name server on this port of loopback answers for, as it sees fit. */
  readonly forwards?: Readonly<Record<string, number>>;
}

/** A resolver on loopback that knows exactly these records, each as one line of a zone file, and nothing else. */
export async function startUnbound(records: readonly string[], options: UnboundOptions = {}): Promise<Peer> {
  const dir = makeFolder('unbound');
  const port = await freePort();
  const file = join(dir, 'unbound.conf');
  writeFileSync(file, configuration({ dir, port, ...options }, records));
  const child = spawn('/usr/sbin/unbound', ['-d', '-p', '-c', file], { stdio: 'ignore' });
  await listening(port);
  return {
    dir,
    port,
    log: () => readLog(join(dir, 'log')),
    stop: async () => {
      await stopChild(child);
      removeFolder(dir);
    },
  };
}

interface Places extends UnboundOptions {
  readonly dir: string;
  readonly port: number;
}

function configuration({ dir, port, atPort53, forwards = {} }: Places, records: readonly string[]): string {
  const data = records.map((record) => `  local-data: '${record}'`);
  return `server:
  interface: 127.0.0.1@${String(port)}${atPort53 === undefined ? '' : `\n  interface: ${atPort53}@53`}
  do-ip6: no
  username: ""
  chroot: ""
  directory: "${dir}"
  logfile: "${dir}/log"
  use-syslog: no
  verbosity: 1
  do-daemonize: no
  module-config: "iterator"
  do-not-query-localhost: no
  local-zone: "." static
${[...data, ...Object.keys(forwards).map((zone) => `  local-zone: "${zone}." transparent`)].join('\n')}
${Object.entries(forwards)
  .map(([zone, at]) => `forward-zone:\n  name: "${zone}."\n  forward-addr: 127.0.0.1@${String(at)}`)
  .join('\n')}
remote-control:
  control-enable: no
`;
}
