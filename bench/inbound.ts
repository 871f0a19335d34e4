import { runClient } from '#test/peers/peer.ts';
import type { Figure } from './figures.ts';
import type { LoadedServer } from './inbound-servers.ts';
import { startPostern, startPostfixAndDovecot } from './inbound-servers.ts';
import { measureLayers, type Layers } from './layers.ts';
import { inTurn, withBoth } from './rounds.ts';
import { sides, warm, type Side } from './warm.ts';

/** Two servers that run beside each other, and what they are asked. */
export interface InboundPlace {
  readonly recipients: 1 | 100 | 1000;
  readonly slowSyncMs: number;
}

export interface InboundScenario extends InboundPlace {
  readonly keptConnections: boolean;
}

export const inboundPlaces: readonly InboundPlace[] = [0, 1].flatMap((slowSyncMs) =>
  ([1, 100, 1000] as const).map((recipients) => ({ recipients, slowSyncMs })),
);

/** A new connection for each message, and kept ones. */
export const inboundScenarios = (place: InboundPlace): readonly InboundScenario[] =>
  [false, true].map((keptConnections) => ({ ...place, keptConnections }));

const sizeBytes = 4096;
const sessions = 20;
/** With so many runs or more, several go beside each other, with their share of the sessions. */
const runsToOverlap = 20;
const lanesMax = 4;

interface InboundLoad {
  readonly rounds: number;
  readonly messages: number;
}

/**
 * Messages per second from the first connection until the last message can be read, durably stored, of servers that are
 * warm and both run; a figure for each scenario of the place.
 */
export async function measureInbound(place: InboundPlace, options: InboundLoad): Promise<readonly Figure[]> {
  const starts = { ours: () => startPostern(place), peer: () => startPostfixAndDovecot(place) };
  return await withBoth(starts, (servers) => measureBoth(servers, place, options));
}

async function measureBoth(
  servers: Readonly<Record<Side, LoadedServer>>,
  place: InboundPlace,
  { rounds, messages }: InboundLoad,
): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const scenario of inboundScenarios(place)) {
    for (const side of sides) await warm(side, messages, () => load(servers[side], scenario, messages));
    const rates = await inTurn(rounds, {
      ours: () => load(servers.ours, scenario, messages),
      peer: () => load(servers.peer, scenario, messages),
    });
    figures.push({ scenario: nameOf(scenario), ...rates, peerName: 'postfix+dovecot' });
  }
  return figures;
}

/** Where the time of our side goes in the same scenario. */
export async function measureInboundLayers(
  scenario: InboundScenario,
  { messages }: { readonly messages: number },
): Promise<Layers> {
  return await measureLayers({
    scenario: nameOf(scenario),
    messages,
    start: (env) => startPostern(scenario, env),
    warm: (server) => warm('ours', messages, () => load(server, scenario, messages)),
    load: (server) => load(server, scenario, messages),
  });
}

function nameOf(scenario: InboundScenario): string {
  const connections = scenario.keptConnections ? 'kept connections' : 'new connections';
  const to = scenario.recipients === 1 ? 'a fresh mailbox' : `${String(scenario.recipients)} recipients`;
  return `inbound, ${to}, ${connections}, sync +${String(scenario.slowSyncMs)} ms`;
}

/**
 * Sends at least `messages`, spread evenly over the recipients; the same generator for everyone. It numbers recipients from
 * 1 in each run, so that a run has as many messages as there are recipients; short runs go beside each other, or its
 * starts and ends would be measured.
 */
async function load(server: LoadedServer, scenario: InboundScenario, messages: number): Promise<number> {
  const perRun = scenario.recipients === 1 ? messages : scenario.recipients;
  const runs = Math.ceil(messages / perRun);
  const lanes = runs >= runsToOverlap ? lanesMax : 1;
  const expected = (await server.delivered()) + runs * perRun;
  const started = performance.now();
  const to = server.recipient();
  let begun = 0;
  const lane = async (): Promise<void> => {
    while (begun < runs) {
      begun += 1;
      await generate(server.port, scenario, { to, messages: perRun, sessions: sessions / lanes });
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  await server.settled(expected);
  const seconds = (performance.now() - started) / 1000;
  const arrived = await server.delivered();
  if (arrived !== expected)
    throw new Error(`${String(expected)} messages were sent, ${String(arrived)} arrived`);
  return (runs * perRun) / seconds;
}

/** One run of Postfix's smtp-source. */
async function generate(
  port: number,
  { recipients, keptConnections }: InboundScenario,
  run: { readonly to: string; readonly messages: number; readonly sessions: number },
): Promise<void> {
  const words = ['-s', String(run.sessions), '-m', String(run.messages), '-l', String(sizeBytes)];
  if (keptConnections) words.push('-d');
  // -N puts 1, 2, … in front of the recipient's address: a different account for each message of a run.
  if (recipients > 1) words.push('-N');
  words.push('-f', 'sender@elsewhere.test', '-t', run.to, `127.0.0.1:${String(port)}`);
  const outcome = await runClient('/usr/sbin/smtp-source', words);
  if (outcome.code !== 0) throw new Error(`smtp-source: ${outcome.output}`);
}
