import { formatAddress } from '#mail/address.ts';
import type { Address } from '#mail/address.ts';
import type { Messages } from '#store/contract/messages.ts';
import type { Accounts, DeliveryTarget } from '#store/contract/accounts.ts';
import type { QueueRecipient } from '#store/contract/queue.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { reservedName } from '#store/reserved-name.ts';
import type { Refusal, TransactionContext } from './intake.ts';
import type { IntakeSettings } from './intake-settings.ts';
import { defer, refusalOfTrouble, refuse } from './refusal.ts';
import { foreignForm, relayFormOf } from './relay-form.ts';
import type { RelayForm } from './relay-form.ts';

export interface RoutingParts {
  readonly accounts: Accounts;
  readonly messages: Messages;
  readonly settings: IntakeSettings;
  /** Nobody's address, but mail for it is taken to be judged (P-25). */
  readonly isTrap?: ((address: Address) => boolean) | undefined;
}

export interface RecipientRequest {
  readonly context: TransactionContext;
  readonly address: Address;
  /** As declared with SIZE, else 0. */
  readonly sizeBytes: number;
  /** An exception by address lets the client send to others. */
  readonly isRelayed: boolean;
}

export interface Routed {
  readonly kind: 'routed';
  readonly recipients: readonly QueueRecipient[];
  /** Only the server behind this one knows whether anybody has it: to be asked (I-88). */
  readonly downstream?: Extract<DeliveryTarget, { kind: 'downstream' }>;
}

export type Routing =
  | Routed
  /** Of ours, and of nobody: it is judged, and then refused. */
  | { readonly kind: 'trap' }
  | { readonly kind: 'relay'; readonly form: RelayForm; readonly refusal: Refusal }
  | {
      readonly kind: 'refused';
      readonly check: 'recipient' | 'room' | 'downstream';
      readonly refusal: Refusal;
      /** For good: nobody has that address. */
      readonly isUnknown: boolean;
    };

/**
 * Where mail for an address goes, or why it does not. Nobody but a logged-in account sends through us to others
 * (P-09); `%`, `!` and routes are never followed, whoever asks.
 */
export async function routeRecipient(parts: RoutingParts, request: RecipientRequest): Promise<Routing> {
  const address = ownLiteralPostmaster(parts.settings, request.address) ?? request.address;
  const resolved = await parts.accounts.resolve(address);
  if (!resolved.ok) return refused('recipient', refusalOfTrouble(resolved.error));
  switch (resolved.value.kind) {
    case 'targets':
      return routeTargets(parts, request, resolved.value.targets);
    case 'unknown':
      return parts.isTrap?.(request.address) === true ? { kind: 'trap' } : unknownRecipient(request.address);
    default:
      return routeForeign(request);
  }
}

/** RFC 5321 §4.5.1: postmaster is reached at our address literals too; nobody else is. */
function ownLiteralPostmaster(settings: IntakeSettings, address: Address): Address | undefined {
  if (!address.domain.startsWith('[') || settings.firstDomain === undefined) return undefined;
  const host = address.domain.slice(1, -1).replace(/^IPv6:/, '');
  if (!settings.ownAddresses.has(host) || reservedName(address.local) !== 'postmaster') return undefined;
  return { local: address.local, domain: settings.firstDomain };
}

function unknownRecipient(address: Address): Routing {
  const form = relayFormOf(address.local);
  if (form !== undefined) return { kind: 'relay', form, refusal: relayRefusal };
  const refusal = refuse({ code: 550, detail: '1.1', text: 'no such user here' });
  return { kind: 'refused', check: 'recipient', refusal, isUnknown: true };
}

const relayRefusal = refuse({ code: 550, detail: '7.1', text: 'this server does not relay for you' });

function routeForeign({ context, address, isRelayed }: RecipientRequest): Routing {
  const form = foreignForm(address);
  const mayRelay = isRelayed || (context.role === 'submission' && context.identity !== undefined);
  if (!mayRelay) return { kind: 'relay', form, refusal: relayRefusal };
  const route = { kind: 'remote', domain: address.domain } as const;
  return { kind: 'routed', recipients: [{ address, original: address, route }] };
}

async function routeTargets(
  parts: RoutingParts,
  request: RecipientRequest,
  targets: readonly DeliveryTarget[],
): Promise<Routing> {
  const [first] = targets;
  if (targets.length === 1 && first?.kind === 'downstream') return routeDownstream(request.address, first);
  // S-03: mail to the reserved names is never refused for quota.
  if (reservedName(request.address.local) === undefined) {
    const trouble = await roomTrouble(parts.messages, targets, Math.max(1, request.sizeBytes));
    if (trouble !== undefined) return refused('room', trouble);
  }
  return { kind: 'routed', recipients: targets.map((target) => queueRecipient(request.address, target)) };
}

/** An alias that leads there was made by an administrator: only what a sender names is asked for. */
function routeDownstream(given: Address, target: Extract<DeliveryTarget, { kind: 'downstream' }>): Routing {
  // The server behind this one trusts us: a form that it might follow further never reaches it (P-09).
  const form = relayFormOf(target.address.local);
  if (form !== undefined) return { kind: 'relay', form, refusal: relayRefusal };
  const recipients = [queueRecipient(given, target)];
  const isNamed = formatAddress(given) === formatAddress(target.address);
  return { kind: 'routed', recipients, ...(isNamed ? { downstream: target } : {}) };
}

function queueRecipient(given: Address, target: DeliveryTarget): QueueRecipient {
  if (target.kind === 'account') {
    const route = { kind: 'local', account: target.account, detail: target.detail } as const;
    return { address: given, original: given, route };
  }
  const route = { kind: 'remote', domain: target.address.domain } as const;
  return { address: target.address, original: given, route };
}

/**
 * Refused only if nobody behind the address has room. An account whose file is out of use has its mail wait in the
 * queue (STORAGE §2), so that is no reason to refuse.
 */
async function roomTrouble(
  messages: Messages,
  targets: readonly DeliveryTarget[],
  sizeBytes: number,
): Promise<Refusal | undefined> {
  let last: Refusal | undefined;
  for (const target of targets) {
    if (target.kind !== 'account') return undefined;
    const room = await messages.room(target.account, sizeBytes);
    const refusal = room.ok ? undefined : await refusalForRoom(messages, target.account, room.error);
    if (refusal === undefined) return undefined;
    last = refusal;
  }
  return last;
}

async function refusalForRoom(
  messages: Messages,
  account: Extract<DeliveryTarget, { kind: 'account' }>['account'],
  trouble: Trouble,
): Promise<Refusal | undefined> {
  if (trouble.code === 'disk-full') return refusalOfTrouble(trouble);
  if (trouble.code !== 'over-quota') return undefined;
  const roomForAny = await messages.room(account, 1);
  // Full now is temporary; larger than what is left, while there is something left, is this message's own fault.
  return roomForAny.ok
    ? refuse({ code: 552, detail: '2.2', text: 'the message is larger than the room left in the mailbox' })
    : defer({ code: 452, detail: '2.2', text: 'the mailbox is full' });
}

function refused(check: 'recipient' | 'room', refusal: Refusal): Routing {
  return { kind: 'refused', check, refusal, isUnknown: false };
}
