import { chmodSync } from 'node:fs';
import { makeFolder, removeFolder } from '#test/peers/peer.ts';
import { startUnbound } from '#test/peers/unbound.ts';
import { prepareMail, recipients, type PreparedMail } from './check-mails.ts';
import { prepareProbes, probe, probeCount } from './check-probes.ts';
import { startCheckingPostern, startPostfixRspamdDovecot, type CheckPlace } from './check-servers.ts';
import { makeDomains, zoneRecords } from './check-zone.ts';
import type { Figure } from './figures.ts';
import type { InboundServer } from './inbound-servers.ts';
import { measureLayers, type Layers } from './layers.ts';
import { startMailSource, type MailSource } from './mail-source.ts';
import { inTurn, partsOf, withBoth } from './rounds.ts';
import { sides, warm } from './warm.ts';

export interface CheckScenario {
  readonly keptConnections: boolean;
}

export const checkScenarios: readonly CheckScenario[] = [
  { keptConnections: false },
  { keptConnections: true },
];

/** The mail that warms goes in again and again, before that of the rounds, whose own links nobody has seen yet. */
const warmParts = 1;

export interface ChecksOptions {
  readonly rounds: number;
  readonly messages: number;
  /** Sending domains of each of the hosts. */
  readonly domainsEach: number;
}

/**
 * Messages per second from strangers, DKIM-signed and with links, from the first connection until the last can be read,
 * with every check of both sides made against one resolver on this machine.
 */
export async function measureChecks(scenario: CheckScenario, options: ChecksOptions): Promise<Figure> {
  const parts = warmParts + partsOf(options.rounds);
  return await withPlace({ ...options, parts }, async ({ place, source, mails }) => {
    const starts = {
      ours: () => startCheckingPostern(place),
      peer: () => startPostfixRspamdDovecot(place),
    };
    return await withBoth(starts, async (servers) => {
      const load = { ...options, ...scenario };
      for (const side of sides) {
        const server = servers[side];
        await probe({ server, side, source, mails, first: 0 });
        await warm(side, options.messages, () => loadPart(server, source, { ...load, part: 0 }));
      }
      const rates = await inTurn(options.rounds, {
        ours: (part) => loadPart(servers.ours, source, { ...load, part: warmParts + part }),
        peer: (part) => loadPart(servers.peer, source, { ...load, part: warmParts + part }),
      });
      return { scenario: nameOf(scenario), ...rates, peerName: 'postfix+rspamd+dovecot' };
    });
  });
}

/** Where the time of our side goes in the same scenario. */
export async function measureCheckLayers(
  scenario: CheckScenario,
  options: Omit<ChecksOptions, 'rounds'>,
): Promise<Layers> {
  const load = { ...options, ...scenario };
  return await withPlace({ ...options, parts: warmParts + 1 }, ({ place, source }) =>
    measureLayers({
      scenario: nameOf(scenario),
      messages: options.messages,
      start: (env) => startCheckingPostern({ ...place, env }),
      warm: (server) => warm('ours', options.messages, () => loadPart(server, source, { ...load, part: 0 })),
      load: (server) => loadPart(server, source, { ...load, part: warmParts }),
    }),
  );
}

function nameOf({ keptConnections }: CheckScenario): string {
  const connections = keptConnections ? 'kept connections' : 'new connections';
  return `inbound, all checks, ${String(recipients.length)} recipients, ${connections}`;
}

interface Prepared {
  readonly place: CheckPlace;
  readonly source: MailSource;
  readonly mails: readonly PreparedMail[];
}

/** Makes senders, mails, resolver and generator, and takes them away again. */
async function withPlace<T>(
  options: Omit<ChecksOptions, 'rounds'> & { readonly parts: number },
  run: (prepared: Prepared) => Promise<T>,
): Promise<T> {
  const domains = await makeDomains(options.domainsEach);
  const mails = [...(await prepareProbes(domains))];
  for (let n = 0; n < options.parts * options.messages; n += 1) mails.push(await prepareMail(n, domains));
  const cacheDir = makeFolder('rspamd-cache');
  chmodSync(cacheDir, 0o755);
  const resolverAddress = `127.53.${String(process.pid & 255)}.${String((process.pid >> 8) & 255 || 1)}`;
  const resolver = await startUnbound(zoneRecords(domains), { atPort53: resolverAddress });
  const source = await startMailSource(mails);
  try {
    return await run({ place: { resolver, resolverAddress, cacheDir }, source, mails });
  } finally {
    await source.stop();
    await resolver.stop();
    removeFolder(cacheDir);
  }
}

interface LoadOptions extends CheckScenario {
  readonly messages: number;
}

async function loadPart(
  server: InboundServer,
  source: MailSource,
  { messages: count, keptConnections, part }: LoadOptions & { readonly part: number },
): Promise<number> {
  const expected = (await server.delivered()) + count;
  const started = performance.now();
  await source.send({ port: server.port, first: probeCount + part * count, count, keptConnections });
  await server.settled(expected);
  const seconds = (performance.now() - started) / 1000;
  const arrived = await server.delivered();
  if (arrived !== expected)
    throw new Error(`${String(expected)} messages were sent, ${String(arrived)} arrived`);
  return count / seconds;
}
