import { parseClientAddress } from '#base/client-address.ts';
import type { ClientAddress } from '#base/client-address.ts';
import { addressLiteral } from '#mail/address-literal.ts';
import type { HeaderBlock } from '#mail/header.ts';
import { findOrigin } from '#policy/find-origin.ts';
import type { Origin } from '#policy/find-origin.ts';
import type { TransactionStart } from './transaction-start.ts';

/** Whom policy judges. */
export interface JudgedClient {
  readonly client: ClientAddress;
  readonly helo: string;
  /** `client` only brings it; from whom is not known. */
  readonly isUnknown: boolean;
}

/** The connected client itself; `undefined` where it has no address. */
export function connectedClient({ context }: Pick<TransactionStart, 'context'>): JudgedClient | undefined {
  const client = parseClientAddress(context.client);
  const isUnknown = context.isClientUnknown === true;
  return client === undefined ? undefined : { client, helo: context.helo ?? '', isUnknown };
}

/** Whose mail a gateway brings, as its header tells (I-59); how that was found stands in the trace. */
export function broughtClient(
  { context, trace }: Pick<TransactionStart, 'context' | 'trace'>,
  header: HeaderBlock,
): JudgedClient | undefined {
  const peer = parseClientAddress(context.client);
  if (peer === undefined || context.gateways === undefined) return undefined;
  const origin = findOrigin({ header, peer, gateways: context.gateways });
  trace.fact('origin', origin);
  trace.step(originStep(peer, origin));
  if (origin.kind === 'found') return { client: origin.client, helo: origin.helo, isUnknown: false };
  // Of the name nothing is known either; the literal of the address claims nothing.
  return { client: peer, helo: addressLiteral(peer), isUnknown: true };
}

/** A proxy does not know for whom it speaks (XCLIENT). */
export function tellUnknownClient({ context, trace }: Pick<TransactionStart, 'context' | 'trace'>): void {
  const why = `the proxy ${context.client} does not know the client's address`;
  trace.fact('origin', { kind: 'undecided', reason: why, hops: [] });
  const reason = `${why}: ${undecidedWords}`;
  trace.step({ stage: 'connect', check: 'origin', outcome: 'error', reason });
}

const undecidedWords = 'SPF, reverse name, lists and bans of addresses cannot decide';

function originStep(gateway: ClientAddress, origin: Origin) {
  const place = { stage: 'connect', check: 'origin' } as const;
  if (origin.kind === 'found') {
    const evidence = { gateway, client: origin.client, helo: origin.helo, hops: origin.hops };
    const reason = `${gateway} is a gateway: judged is ${origin.client}, from its Received field`;
    return { ...place, outcome: 'pass', reason, evidence } as const;
  }
  const reason = `${gateway} is a gateway, and whose mail it brings is not known (${origin.reason}): ${undecidedWords}`;
  return { ...place, outcome: 'error', reason, evidence: { gateway, hops: origin.hops } } as const;
}
