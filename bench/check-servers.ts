import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { startDovecot } from '#test/peers/dovecot.ts';
import type { Peer } from '#test/peers/peer.ts';
import { startPostern, type Postern } from '#test/peers/postern.ts';
import { startPostfix } from '#test/peers/postfix.ts';
import { startRspamd } from '#test/peers/rspamd.ts';
import type { TraceRecord } from '#trace/record.ts';
import { recipients, type PreparedMail } from './check-mails.ts';
import { countDelivered, countMessages, tracesOf, type InboundServer } from './inbound-servers.ts';

/** A server that makes every check of strangers. */
export interface CheckedServer extends InboundServer {
  /** What it wrote down of this mail: which check found what. */
  findings(mail: PreparedMail): Promise<string>;
}

/** What both sides share. */
export interface CheckPlace {
  readonly resolver: Peer;
  /** Where the resolver answers on port 53, for programs that ask what the system asks. */
  readonly resolverAddress: string;
  /** Kept from round to round. */
  readonly cacheDir: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** The checks of the lists that both sides ask; other lists are asked by neither. */
const listChecks: readonly string[] = [
  'spamhaus-zen',
  'spamhaus-dbl',
  'spamhaus-dbl-links',
  'surbl',
  'uribl',
];
/** What the checks of lists say that they go by. */
const listSource = 'RFC 5782';

/** To be told beside the figures. */
export const checksWords = [
  'checks on both sides: reverse name, HELO, sender domain, SPF, DKIM, ARC, DMARC, four lists over client, names and links;',
  'on neither: greeting delay, greylisting, limits of connections, bans, Bayes, fuzzy, neural, further rules of Rspamd',
].join('\n  ');

/** Neither side makes strangers wait or sends them away for how many they are. */
const withoutLimits: Readonly<Record<string, string>> = {
  'smtp.greeting_delay': '0',
  'policy.greylisting': 'false',
  'connections.per_address_max': '0',
  'connections.per_network_max': '0',
  'connections.new_max': '0',
  'connections.new_per_address_max': '0',
  'bans.automatic': 'false',
};

export async function startCheckingPostern({ resolver, env = {} }: CheckPlace): Promise<CheckedServer> {
  const server = await startPostern({
    env,
    configure: (text) =>
      `${text
        .replace(/exempt = \[.*\]/, 'exempt = []')
        .replace(/(role = "mx"\n)/, '$1proxy = ["test"]\n')}\n` +
      `[dns]\nservers = ["127.0.0.1:${String(resolver.port)}"]\n`,
  });
  for (const [name, value] of Object.entries(withoutLimits))
    await server.administer('settings set', { name, value });
  await setLists(server);
  for (const address of recipients)
    await server.administer('account add', { address, password: 'a password for the bench' });
  return {
    port: server.port('mx'),
    settled: async (expected) => {
      while ((await countDelivered(server)) < expected) await sleep(20);
    },
    delivered: () => countDelivered(server),
    findings: async ({ from }) => (await tracesOf(server, { from, limit: 1 })).flatMap(stepLines).join('\n'),
    pid: server.ready.pid,
    traces: (limit) => tracesOf(server, { limit }),
    stop: () => server.end(),
  };
}

async function setLists(server: Postern): Promise<void> {
  const { items } = (await server.administer('policy list', {})) as {
    readonly items: readonly { readonly name: string; readonly source: string; readonly action: string }[];
  };
  for (const { name: check, source, action: before } of items) {
    // Those for an administrator's own zones ask nobody: there are none.
    if (source !== listSource || check.startsWith('own-')) continue;
    const action = listChecks.includes(check) ? 'score' : 'off';
    if (action !== before) await server.administer('policy set', { check, action });
  }
}

export async function startPostfixRspamdDovecot(place: CheckPlace): Promise<CheckedServer> {
  const { resolver, resolverAddress, cacheDir } = place;
  const rspamd = await startRspamd({ resolverPort: resolver.port, workers: cpus().length, cacheDir });
  const dovecot = await startDovecot({ users: recipients, password: 'bench' });
  const postfix = await startPostfix({
    hostname: 'mx.example.test',
    resolver: resolverAddress,
    settings: [
      'virtual_mailbox_domains = example.test',
      'virtual_mailbox_maps = static:all',
      `virtual_transport = lmtp:inet:127.0.0.1:${String(dovecot.lmtpPort)}`,
      'smtpd_client_connection_count_limit = 0',
      'smtpd_upstream_proxy_protocol = haproxy',
      `smtpd_milters = inet:127.0.0.1:${String(rspamd.port)}`,
      'milter_default_action = tempfail',
      'milter_mail_macros = i {mail_addr} {client_addr} {client_name} {auth_authen}',
      // What ours asks about the client's name, its HELO and the sender's domain.
      'smtpd_helo_required = yes',
      'smtpd_helo_restrictions = warn_if_reject reject_invalid_helo_hostname, warn_if_reject reject_non_fqdn_helo_hostname, warn_if_reject reject_unknown_helo_hostname',
      'smtpd_sender_restrictions = reject_non_fqdn_sender, reject_unknown_sender_domain',
    ],
  });
  return {
    port: postfix.port,
    settled: async () => {
      while ((await postfix.queued()) > 0) await sleep(20);
    },
    delivered: async () =>
      countMessages(await dovecot.doveadm('-f', 'tab', 'mailbox', 'status', '-A', 'messages', 'INBOX')),
    findings: ({ from, host }) =>
      Promise.resolve(
        linesWith(postfix.log(), [from, host.address]) + linesWith(rspamd.log(), [`<${from}>`]),
      ),
    stop: async () => {
      await postfix.stop();
      await dovecot.stop();
      await rspamd.stop();
    },
  };
}

function stepLines({ steps }: TraceRecord): readonly string[] {
  return steps.map(({ check, outcome, reason = '' }) => `${check}: ${outcome} ${reason}`);
}

function linesWith(log: string, words: readonly string[]): string {
  const found = log.split('\n').filter((line) => words.some((word) => line.includes(word)));
  return found.map((line) => `${line}\n`).join('');
}
