import { eventually } from '#test/peers/peer.ts';
import { recipientOf, write, type PreparedMail } from './check-mails.ts';
import {
  listedDomain,
  listedHost,
  namelessHost,
  protectedDomain,
  sendingHost,
  type SendingDomain,
  type SendingHost,
} from './check-zone.ts';
import type { CheckedServer } from './check-servers.ts';
import type { MailSource } from './mail-source.ts';
import type { Side } from './warm.ts';

/** A mail by which a server shows that it makes a check, and what it then writes down. */
interface Probe {
  readonly name: string;
  readonly ours: readonly RegExp[];
  readonly peer: readonly RegExp[];
  readonly host?: SendingHost;
  /** MAIL FROM, without a domain the signer's. */
  readonly sender?: string;
  readonly author?: string;
  readonly links?: readonly string[];
  readonly isAltered?: boolean;
}

const probes: readonly Probe[] = [
  {
    name: 'honest mail passes each check',
    ours: [/^iprev: pass/m, /^spf: pass/m, /^dkim: pass/m, /^dmarc: pass/m],
    peer: [/client=mx\.bench-host-0\.com\[/, /R_SPF_ALLOW/, /R_DKIM_ALLOW/, /DMARC_POLICY_ALLOW/],
  },
  {
    name: 'an altered body',
    isAltered: true,
    ours: [/^dkim: finding/m],
    peer: [/R_DKIM_REJECT/],
  },
  {
    name: 'a host that may not send for the sender',
    host: sendingHost(1),
    ours: [/^spf: finding/m],
    peer: [/R_SPF_FAIL/],
  },
  {
    name: 'an author whose domain does not vouch',
    author: `someone@${protectedDomain}`,
    ours: [/^dmarc: finding/m],
    peer: [/DMARC_POLICY_REJECT/],
  },
  {
    name: 'a client on the list of addresses',
    host: listedHost,
    ours: [/^spamhaus-zen: finding/m],
    peer: [/RBL_SPAMHAUS_SBL/],
  },
  {
    name: 'a link to a listed domain',
    links: [`http://www.${listedDomain}/offer`],
    ours: [/^surbl: finding/m, /^uribl: finding/m, /^spamhaus-dbl-links: finding/m],
    peer: [/ABUSE_SURBL/, /URIBL_BLACK/, /DBL_SPAM/],
  },
  {
    name: 'a listed sender',
    sender: `someone@${listedDomain}`,
    ours: [/^spamhaus-dbl: finding/m],
    peer: [/DBL_SPAM/],
  },
  {
    name: 'a client without a reverse name',
    host: namelessHost,
    ours: [/^iprev: finding/m],
    peer: [/client=unknown\[/],
  },
  {
    name: 'a HELO name that leads nowhere',
    host: { name: 'mx.bench-nowhere.com', address: sendingHost(2).address },
    ours: [/^helo-address: finding/m],
    peer: [/Helo command rejected: Host not found/],
  },
  {
    name: 'a sender whose domain does not exist',
    sender: 'someone@bench-missing.com',
    ours: [/^sender-domain: finding/m],
    peer: [/Sender address rejected: Domain not found/],
  },
];

export const probeCount = probes.length;

/** One mail for each probe, all signed by a domain of the first host. */
export async function prepareProbes(domains: readonly SendingDomain[]): Promise<readonly PreparedMail[]> {
  const [domain] = domains;
  if (domain === undefined) throw new Error('no domains');
  return await Promise.all(probes.map((probe, index) => prepare(probe, { domain, index })));
}

async function prepare(
  probe: Probe,
  { domain, index }: { readonly domain: SendingDomain; readonly index: number },
): Promise<PreparedMail> {
  const from = `probe${String(index)}.${probe.sender ?? `writer@${domain.name}`}`;
  const to = recipientOf(index);
  const data = await write({
    domain,
    to,
    author: probe.author ?? `probe${String(index)}@${domain.name}`,
    subject: `Probe ${String(index)}`,
    links: probe.links ?? [`https://www.${domain.name}/`],
  });
  const sent = probe.isAltered === true ? data.replace(/Words of/, 'Other words of') : data;
  return { host: probe.host ?? domain.host, from, to, data: sent };
}

/** Where the probes lie among the mails of the source, and whose words tell what it found. */
export interface ProbeRun {
  readonly server: CheckedServer;
  readonly side: Side;
  readonly source: MailSource;
  readonly mails: readonly PreparedMail[];
  readonly first: number;
}

/** Throws unless the server makes each check: a comparison with one that does not is worth nothing. */
export async function probe({ server, side, source, mails, first }: ProbeRun): Promise<void> {
  let expected = await server.delivered();
  for (const [index, row] of probes.entries()) {
    const mail = mails[first + index];
    if (mail === undefined) throw new Error('no probe');
    // Whether it is refused is each server's own affair.
    const said = await source
      .send({ port: server.port, first: first + index, count: 1, keptConnections: false })
      .then(() => taken, String);
    if (said === taken) expected += 1;
    let found = '';
    const missing = (): RegExp | undefined => row[side].find((words) => !words.test(found));
    const what = (): string =>
      `probe "${row.name}": ${String(missing())} in what was found (${said}):\n${found}`;
    const holds = async (): Promise<boolean> => {
      found = await server.findings(mail);
      return missing() === undefined;
    };
    await eventually(what, holds, writtenWithinMs);
  }
  await server.settled(expected);
}

const taken = 'it was taken';

/** What a server writes down may come after its reply: Postfix's log goes by way of a daemon of its own. */
const writtenWithinMs = 10_000;
