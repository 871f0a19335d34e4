import type { FileTable, Keys, ValuesOf } from './key.ts';
import { defaulted, optional, required } from './key.ts';
import { boolean } from './kinds/boolean.ts';
import { domain } from './kinds/domain.ts';
import { file } from './kinds/file.ts';
import { port } from './kinds/integer.ts';
import { endpoint, ipAddress, ipNetwork } from './kinds/ip-address.ts';
import { list } from './kinds/list.ts';
import { masterKey } from './kinds/master-key.ts';
import { name, string } from './kinds/string.ts';
import { union } from './kinds/union.ts';

function table<const N extends string, const R extends boolean, K extends Keys>(
  name: N,
  rules: Omit<FileTable<K>, 'name'> & { readonly repeated: R },
): FileTable<K> & { readonly name: N; readonly repeated: R } {
  return { name, ...rules };
}

/** The whole configuration file (CONTRACTS §2): what must be known before the store opens. */
export const fileTables = {
  server: table('server', {
    repeated: false,
    presence: 'required',
    meaning: 'Who this server is.',
    keys: {
      hostname: required(domain, {
        meaning:
          'The full name of this machine as others see it: in the greeting, in EHLO and in Received. Its address must lead back to it.',
        requirements: ['P-15', 'P-16'],
      }),
    },
  }),
  data: table('data', {
    repeated: false,
    presence: 'required',
    meaning: 'Where mail is kept.',
    keys: {
      dir: required(file, {
        meaning:
          'The data folder. It belongs to the server alone; never copy single files out of it while it runs.',
        requirements: ['I-03'],
      }),
    },
  }),
  keys: table('keys', {
    repeated: false,
    presence: 'required',
    meaning: 'The key outside the data folder that opens all others.',
    keys: {
      master: required(masterKey, {
        meaning:
          'The master key. Without it the mail cannot be read, and no backup contains it: keep a copy in a safe place. A command is run without a shell and prints the key.',
        requirements: ['I-03'],
      }),
    },
  }),
  dns: table('dns', {
    repeated: false,
    presence: 'optional',
    meaning: 'How names are looked up.',
    keys: {
      servers: optional(list(endpoint, { itemsMin: 1, itemsMax: 8 }), {
        meaning: 'Resolvers to ask, in order. Without it, those of the system (`/etc/resolv.conf`).',
      }),
      trust_ad: defaulted(boolean, false, {
        meaning:
          'Believe these resolvers when they say that an answer is authenticated (DNSSEC). Only for one that validates and that nobody can come between; one on loopback is believed anyway.',
        requirements: ['S-09'],
      }),
    },
  }),
  network: table('network', {
    repeated: true,
    presence: 'optional',
    meaning: 'A network that is known and judged more mildly.',
    keys: {
      name: required(name, { meaning: 'What logs and traces call it.' }),
      addresses: required(list(ipNetwork, { itemsMin: 1 }), { meaning: 'Its addresses, as CIDR.' }),
      exempt: defaulted(list(union(['rate', 'dns'])), [], {
        meaning:
          'What its clients do not meet: `rate` limits of connections and log-ins, `dns` checks of the connecting host. TLS before authentication, delay per account, relay, sender, size and syntax rules hold for everyone.',
        requirements: ['P-09', 'P-14', 'P-29', 'P-30', 'P-31'],
      }),
      i_know: defaulted(boolean, false, {
        meaning:
          'Says that exempting loopback beside listeners on other addresses is meant: whoever comes through a proxy on this machine is then exempt too.',
      }),
    },
  }),
  certificate: table('certificate', {
    repeated: true,
    presence: 'optional',
    meaning:
      'A certificate; the first is presented where none fits better. Files are read anew when they change.',
    keys: {
      cert: required(file, { meaning: 'The certificate with its chain, PEM.' }),
      key: required(file, { meaning: 'Its private key, PEM, readable by the server only.' }),
      domains: defaulted(list(domain), [], {
        meaning: 'Names for which it is presented. Without it, the names in the certificate.',
      }),
    },
  }),
  listener: table('listener', {
    repeated: true,
    presence: 'required',
    meaning: 'An address and port on which the server listens.',
    keys: {
      name: required(name, { meaning: 'What logs and traces call it.' }),
      role: required(union(['mx', 'submission', 'lmtp', 'imap', 'pop3', 'http']), {
        meaning:
          '`mx` takes mail from other servers, `submission` from the mail programs of account holders, `lmtp` from a server on this machine or in `networks`; `imap` and `pop3` let mail be read; `http` is the administration in the browser (docs/guide/administration.md).',
        requirements: ['I-17', 'S-01', 'P-12'],
      }),
      address: required(ipAddress, { meaning: 'The address to listen on; `0.0.0.0` and `::` are all.' }),
      port: required(port, { meaning: 'The TCP port.' }),
      tls: required(union(['none', 'starttls', 'implicit']), {
        meaning: 'When TLS begins: never, on the client’s word, at once. Nobody can log in without TLS.',
        requirements: ['P-14', 'P-34', 'P-35', 'I-01'],
      }),
      certificate: optional(domain, {
        meaning: 'A domain of the certificate to present when the client names none or an unknown one.',
      }),
      networks: defaulted(list(name), [], {
        meaning:
          'Names of [[network]] blocks: only their clients are let in. Without it everyone who can reach the port is. An `lmtp` listener that is not on loopback must name some, because whoever speaks to it delivers without a check.',
        requirements: ['S-01'],
      }),
      proxy: defaulted(list(name), [], {
        meaning:
          'Names of [[network]] blocks of proxies that stand in front of this listener and send the PROXY header (version 1 or 2): connections come from them, with the header, or not at all. Without it a PROXY header is an error.',
        requirements: ['I-92', 'S-07'],
      }),
      xclient: defaulted(list(name), [], {
        meaning:
          'Names of [[network]] blocks of SMTP proxies that may say by XCLIENT whom they speak for (address, port, HELO name and protocol; never a log-in).',
        requirements: ['I-92', 'S-07'],
      }),
      gateways: defaulted(list(name), [], {
        meaning:
          'Names of [[network]] blocks of mail gateways in front of this `mx` listener. Whose mail they bring is read from the Received field that they write, and checks, lists and bans judge that address; they themselves are never banned, listed or greylisted. Name them only if they write that field into every message.',
        requirements: ['I-59'],
      }),
      gateway_only: defaulted(boolean, false, {
        meaning: 'Only `gateways` may connect; everyone else is told to use them.',
        requirements: ['I-59'],
      }),
    },
  }),
  outbound: table('outbound', {
    repeated: false,
    presence: 'optional',
    meaning: 'How mail leaves.',
    keys: {
      hostname: optional(domain, { meaning: 'The name said in EHLO. Without it, `server.hostname`.' }),
      port: defaulted(port, 25, { meaning: 'The port of other servers; another one only for tests.' }),
      addresses: defaulted(list(ipAddress), [], {
        meaning: 'Addresses of this machine to send from. Without it, the system chooses.',
      }),
      private_destinations: defaulted(list(ipNetwork), [], {
        meaning:
          'Loopback, private or own addresses to which mail may go all the same. A domain whose server has any other such address fails.',
        requirements: ['S-06'],
      }),
      destinations: defaulted(union(['all', 'private']), 'all', {
        meaning:
          '`private`: mail leaves only for `private_destinations`; the rest is held with the reason. So starts a trial server.',
        requirements: ['S-06'],
      }),
    },
  }),
  smarthost: table('smarthost', {
    repeated: false,
    presence: 'optional',
    meaning:
      'Another server that takes all outgoing mail. Not available in this version: naming one is an error.',
    keys: {
      host: required(domain, { meaning: 'Its name.' }),
      port: defaulted(port, 465, { meaning: 'Its port.' }),
      tls: defaulted(union(['starttls', 'implicit']), 'implicit', { meaning: 'When TLS begins.' }),
      user: optional(string(), { meaning: 'The name to log in with.' }),
      password_file: optional(file, { meaning: 'A file with the password, readable by the server only.' }),
    },
  }),
} as const;

export type FileTables = typeof fileTables;
export type TableName = keyof FileTables;
/** The values of one table, names as in the file. */
export type TableValues<N extends TableName> = ValuesOf<FileTables[N]['keys']>;
