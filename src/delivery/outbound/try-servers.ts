import type { Clock } from '#platform/clock.ts';
import type { Address } from '#mail/address.ts';
import type { EventSink } from '#trace/events.ts';
import { ours, resultOfReport } from './delivery-result.ts';
import type { DeliveryResult } from './delivery-result.ts';
import type { Server } from './destination-plan.ts';
import type { SilentServers } from './silent-servers.ts';
import type { TlsMemory } from './tls-memory.ts';
import type {
  OutboundContent,
  RecipientReport,
  SendReport,
  SendRequest,
  Transport,
  UnfitContent,
} from './transport.ts';

/** RFC 5321 §4.5.3.1.8: a server takes at least this many recipients of one message. */
export const recipientsPerTransaction = 100;

export interface TryParts {
  readonly transport: Transport;
  readonly tls: TlsMemory;
  readonly silent: SilentServers;
  readonly clock: Clock;
  readonly events: EventSink;
}

/** What is to be sent, the same for every server. */
export interface Consignment {
  readonly addresses: ReadonlyMap<number, Address>;
  readonly request: Pick<SendRequest, 'helo' | 'reversePath' | 'bodyType' | 'smtpUtf8' | 'sizeBytes'>;
  readonly port: number;
  /** Demanded; `undefined`: as it is remembered of the server. */
  readonly tls?: 'encrypted' | 'verified' | undefined;
  /** Tries also what just did not answer. */
  readonly insists: boolean;
  readonly localAddress: (server: Server) => string | undefined;
  readonly content: (can: Parameters<SendRequest['content']>[0]) => Promise<OutboundContent | UnfitContent>;
  /** Records these recipients as in doubt; throws when it cannot. */
  readonly mark: (indexes: readonly number[], server: Server) => Promise<void>;
}

/**
 * One server after the other (RFC 5321 §5.1) until each recipient has an answer: only a server that could not be spoken
 * with makes way for the next. One result for each recipient.
 */
export async function tryServers(
  parts: TryParts,
  servers: readonly Server[],
  consignment: Consignment,
  signal: AbortSignal,
): Promise<ReadonlyMap<number, DeliveryResult>> {
  const results = new Map<number, DeliveryResult>();
  let left = [...consignment.addresses.keys()];
  for (const server of servers) {
    if (left.length === 0 || signal.aborted) break;
    const silence = consignment.insists ? undefined : parts.silent.reason(placeOf(server, consignment));
    if (silence === undefined) {
      left = await tryServer({ ...parts, server, consignment, signal, results }, left);
    } else passOver(results, left, { ...ours('later', '4.4.1', silence), server });
  }
  for (const index of left) if (!results.has(index)) results.set(index, noTime);
  return results;
}

/** What a server said or did when it was tried tells more. */
function passOver(
  results: Map<number, DeliveryResult>,
  indexes: readonly number[],
  result: DeliveryResult,
): void {
  for (const index of indexes) if (!results.has(index)) results.set(index, result);
}

const noTime = ours('later', '4.4.1', 'the attempt took too long');

interface ServerTry extends TryParts {
  readonly server: Server;
  readonly consignment: Consignment;
  readonly signal: AbortSignal;
  readonly results: Map<number, DeliveryResult>;
}

/** Returns those for whom the next server is to be asked. */
async function tryServer(attempt: ServerTry, indexes: readonly number[]): Promise<number[]> {
  const next: number[] = [];
  for (let from = 0; from < indexes.length; from += recipientsPerTransaction) {
    const batch = indexes.slice(from, from + recipientsPerTransaction);
    const report = await send(attempt, batch);
    const unanswered = note(attempt, batch, report);
    next.push(...unanswered);
    // Nobody there: the other batches need not find that out again.
    if (unanswered.length === batch.length) {
      const rest = indexes.slice(from + batch.length);
      for (const index of rest) attempt.results.set(index, resultFor(attempt, report, 0));
      return [...next, ...rest];
    }
  }
  return next;
}

async function send(attempt: ServerTry, batch: readonly number[]): Promise<SendReport> {
  const { server, consignment, signal, transport, tls } = attempt;
  const recipients = batch
    .map((index) => consignment.addresses.get(index))
    .filter((address) => address !== undefined);
  const request: SendRequest = {
    ...consignment.request,
    server: { name: server.name, address: server.address, port: consignment.port },
    localAddress: consignment.localAddress(server),
    tls: consignment.tls ?? (await tls.mode(server.name)),
    recipients,
    content: consignment.content,
    beforeFinal: () => consignment.mark(batch, server),
  };
  const report = await transport.send(request, signal);
  await remember(attempt, report);
  return report;
}

/** Who did not answer; S-08: each failed handshake is an event, and is remembered. */
async function remember(attempt: ServerTry, report: SendReport): Promise<void> {
  const { tls, server, events, silent, signal } = attempt;
  const silence = report.recipients.find(isSilence);
  if (silence === undefined) silent.answered(placeOf(server, attempt.consignment));
  else if (!signal.aborted) silent.failed(placeOf(server, attempt.consignment), silence.text);
  if (report.tls.used) await tls.worked(server.name);
  const failure = report.recipients.find((one) => one.outcome === 'tls');
  if (failure === undefined) return;
  const { name: host, address } = server;
  events.emit({ name: 'outbound-tls-failed', host, address, detail: failure.text });
  await tls.failed(host);
}

/** Behind another port of an address is another server. */
function placeOf({ address }: Server, { port }: Pick<Consignment, 'port'>): string {
  return `${address} ${port}`;
}

/** No session came about, and nobody said why. */
function isSilence({ outcome, code, command }: RecipientReport): boolean {
  return outcome === 'connection' && code === undefined && (command === 'connect' || command === 'ehlo');
}

function note(attempt: ServerTry, batch: readonly number[], report: SendReport): readonly number[] {
  for (const [at, index] of batch.entries()) attempt.results.set(index, resultFor(attempt, report, at));
  return batch.filter((_, at) => goesOn(report.recipients[at]));
}

function resultFor({ server }: ServerTry, report: SendReport, at: number): DeliveryResult {
  const said = report.recipients[at];
  if (said === undefined) throw new Error('a transport without a result for a recipient');
  return resultOfReport(said, server, report.tls);
}

function goesOn(report: RecipientReport | undefined): boolean {
  return report?.outcome === 'connection' || report?.outcome === 'tls';
}
