import { chownSync, chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
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

export interface RspamdOptions {
  /** The one resolver that it asks, on loopback. */
  readonly resolverPort: number;
  /** Processes that scan; each is a whole Rspamd of its own. */
  readonly workers: number;
  /** Where it keeps what it compiled, which takes it half a minute, for the next start. */
  readonly cacheDir?: string;
}

/**
 * Rspamd as a milter on loopback that makes these checks and no others: SPF, DKIM, ARC, DMARC, Spamhaus' list of
 * addresses, and the lists of domains of Spamhaus, SURBL and URIBL over names and links. Each of its processes scans
 * what comes to it, which spares the way to a second one that Debian's configuration takes. It decides nothing: every
 * message is let through with its Authentication-Results, and what it found stands in its log.
 */
export async function startRspamd(options: RspamdOptions): Promise<Peer> {
  const dir = makeFolder('rspamd');
  const port = await freePort();
  const [uid, gid] = await Promise.all(['-u', '-g'].map(async (flag) => await idOf(flag)));
  chmodSync(dir, 0o755);
  const cacheDir = options.cacheDir ?? join(dir, 'cache');
  for (const folder of [join(dir, 'state'), join(dir, 'log'), cacheDir]) {
    mkdirSync(folder, { recursive: true });
    chownSync(folder, uid ?? 0, gid ?? 0);
  }
  const file = join(dir, 'rspamd.conf');
  writeFileSync(file, configuration({ dir, port, cacheDir }, options));
  const child = spawn('/usr/bin/rspamd', ['-f', '-c', file, '-u', user, '-g', user], { stdio: 'ignore' });
  await listening(port, startMs);
  return {
    dir,
    port,
    log: () => readLog(join(dir, 'log/rspamd.log')),
    stop: async () => {
      await stopChild(child);
      removeFolder(dir);
    },
  };
}

const user = '_rspamd';
/** Without its cache it compiles 10,000 public suffixes first. */
const startMs = 240_000;

async function idOf(flag: string): Promise<number> {
  return Number((await runTool('id', [flag, user])).trim());
}

/** The lists' answers mean what Debian's `modules.d/rbl.conf` says of them. */
function configuration(
  { dir, port, cacheDir }: { readonly dir: string; readonly port: number; readonly cacheDir: string },
  { resolverPort, workers }: RspamdOptions,
): string {
  return `
options {
  filters = "dkim";
  pidfile = "${dir}/state/rspamd.pid";
  cache_file = "${dir}/state/symbols.cache";
  history_file = "${dir}/state/history";
  stats_file = "${dir}/state/stats.ucl";
  hs_cache_dir = "${cacheDir}/";
  control_socket = "${dir}/state/rspamd.sock mode=0600";
  url_tld = "/usr/share/rspamd/effective_tld_names.dat";
  tempdir = "/tmp";
  local_addrs = [192.168.0.0/16, 10.0.0.0/8, 172.16.0.0/12, fd00::/8, 169.254.0.0/16, fe80::/10];
  dns {
    nameserver = ["127.0.0.1:${String(resolverPort)}:1"];
    timeout = 1s;
    sockets = 16;
    retransmits = 5;
  }
}
logging {
  type = "file";
  filename = "${dir}/log/rspamd.log";
  .include "/etc/rspamd/logging.inc"
}
metric {
  name = "default";
}
actions {
  reject = 1000000;
}
worker "rspamd_proxy" {
  bind_socket = "127.0.0.1:${String(port)}";
  milter = yes;
  timeout = 120s;
  upstream "local" {
    default = yes;
    self_scan = yes;
  }
  count = ${String(workers)};
}
modules {
  path = "/usr/share/rspamd/plugins/";
}
dkim {
  trusted_only = false;
  skip_multi = false;
}
spf {}
arc {
  sign_inbound = false;
  sign_local = false;
  sign_authenticated = false;
}
dmarc {}
milter_headers {
  use = ["authentication-results"];
}
rbl {
  rbls {
    spamhaus {
      symbol = "RBL_SPAMHAUS";
      rbl = "zen.spamhaus.org";
      checks = ["from"];
      returncodes {
        RBL_SPAMHAUS_SBL = "127.0.0.2";
        RBL_SPAMHAUS_CSS = "127.0.0.3";
        RBL_SPAMHAUS_XBL = ["127.0.0.4", "127.0.0.5", "127.0.0.6", "127.0.0.7"];
        RBL_SPAMHAUS_PBL = ["127.0.0.10", "127.0.0.11"];
        RBL_SPAMHAUS_DROP = "127.0.0.9";
      }
    }
    DBL {
      ignore_defaults = true;
      rbl = "dbl.spamhaus.org";
      no_ip = true;
      checks = ["helo", "rdns", "urls"];
      selector = {
        sender = "from('smtp'):domain.get_tld";
        author = "from('mime'):domain.get_tld";
      }
      returncodes = {
        DBL_SPAM = "127.0.1.2";
        DBL_PHISH = "127.0.1.4";
        DBL_MALWARE = "127.0.1.5";
        DBL_BOTNET = "127.0.1.6";
        DBL_ABUSE = "127.0.1.102";
      }
    }
    SURBL_MULTI {
      ignore_defaults = true;
      rbl = "multi.surbl.org";
      checks = ["urls"];
      selector = {
        author = "from('mime'):domain.get_tld";
      }
      returnbits = {
        CRACKED_SURBL = 128;
        ABUSE_SURBL = 64;
        MW_SURBL_MULTI = 16;
        PH_SURBL_MULTI = 8;
      }
    }
    URIBL_MULTI {
      ignore_defaults = true;
      rbl = "multi.uribl.com";
      checks = ["urls"];
      selector = {
        author = "from('mime'):domain.get_tld";
      }
      returnbits {
        URIBL_BLACK = 2;
        URIBL_GREY = 4;
        URIBL_RED = 8;
      }
    }
  }
}
`;
}
