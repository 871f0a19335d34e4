import type { AccountId } from '#base/id.ts';
import { addressKey, splitSubaddress } from '#mail/address.ts';
import type { Address } from '#mail/address.ts';
import type { DeliveryTarget, Resolution } from './contract/accounts.ts';
import { reservedName } from './reserved-name.ts';

/** What resolution asks of a directory, all from memory. */
export interface DirectoryView {
  isLocal(domain: string): boolean;
  /** By `addressKey`. */
  account(key: string): AccountId | undefined;
  alias(key: string): readonly Address[] | undefined;
  /** Mail for what nobody here has goes on to a server behind this one. */
  hasDownstream(domain: string): boolean;
  /** Administrators of the domain; failing these, of the server. */
  administrators(domain: string): readonly AccountId[];
}

/** Chains of aliases are followed this deep. */
export const aliasDepthMax = 10;
/** Targets that one address may expand to. */
export const targetsMax = 1_000;

/** See `Accounts.resolve`. */
export function resolveAddress(directory: DirectoryView, address: Address): Resolution {
  if (!directory.isLocal(address.domain)) return { kind: 'foreign' };
  const expansion: Expansion = { directory, seen: new Set(), targets: new Map() };
  expand(expansion, { address, detail: undefined, depth: 0 });
  const targets = [...expansion.targets.values()];
  return targets.length > 0 ? { kind: 'targets', targets } : { kind: 'unknown' };
}

interface Expansion {
  readonly directory: DirectoryView;
  /** Aliases taken so far: a loop, and a second way to the same alias, add nothing. */
  readonly seen: Set<string>;
  readonly targets: Map<string, DeliveryTarget>;
}

interface Step {
  readonly address: Address;
  /** A sub-address on an alias is handed on to its targets. */
  readonly detail: string | undefined;
  readonly depth: number;
}

function expand(expansion: Expansion, { address, detail, depth }: Step): void {
  const { directory } = expansion;
  if (depth > aliasDepthMax) return;
  if (!directory.isLocal(address.domain)) {
    addTarget(expansion, `forward ${addressKey(address)}`, { kind: 'forward', address });
    return;
  }
  if (take(expansion, { address, detail, depth })) return;
  const split = splitSubaddress(address.local);
  if (split.detail !== undefined) {
    const base = { ...address, local: split.user };
    if (take(expansion, { address: base, detail: split.detail, depth })) return;
  }
  const administrators =
    reservedName(address.local) === undefined ? [] : directory.administrators(address.domain);
  if (directory.hasDownstream(address.domain)) {
    const target = { kind: 'downstream', address, otherwise: administrators } as const;
    addTarget(expansion, `downstream ${addressKey(address)}`, target);
    return;
  }
  for (const account of administrators) {
    addTarget(expansion, `account ${account}`, { kind: 'account', account, detail: undefined });
  }
}

/** Is this very address somebody's? */
function take(expansion: Expansion, { address, detail, depth }: Step): boolean {
  const key = addressKey(address);
  const account = expansion.directory.account(key);
  if (account !== undefined) {
    addTarget(expansion, `account ${account}`, { kind: 'account', account, detail });
    return true;
  }
  const targets = expansion.directory.alias(key);
  if (targets === undefined) return false;
  if (expansion.seen.has(key)) return true;
  expansion.seen.add(key);
  for (const target of targets) expand(expansion, { address: target, detail, depth: depth + 1 });
  return true;
}

function addTarget(expansion: Expansion, key: string, target: DeliveryTarget): void {
  if (!expansion.targets.has(key) && expansion.targets.size < targetsMax) expansion.targets.set(key, target);
}
