import type { Clock } from '#platform/clock.ts';
import type { LoginContext } from './authenticator.ts';
import { clientAddressKey, clientNetwork } from './client-network.ts';
import { FailureEvidence } from './failure-evidence.ts';
import type { LoginEvidence } from './failure-evidence.ts';
import { FailureWindows } from './failure-windows.ts';
import type { Standing } from './known-devices.ts';

const minuteMs = 60_000;
/** Bound of each map (S-09). */
const keysMax = 50_000;

export interface LoginLimitSettings {
  readonly windowMs: number;
  /** Failures within the window after which an address is not listened to any more. */
  readonly addressFailuresMax: number;
  /** Failures of a network or for an account, after which strangers there are slowed and given less credit. */
  readonly networkFailuresMax: number;
  readonly accountFailuresMax: number;
  /** First delay after a failure; doubles with each further one of the account or the address. */
  readonly delayMsMin: number;
  readonly delayMsMax: number;
}

export const loginLimitDefaults: LoginLimitSettings = {
  windowMs: 15 * minuteMs,
  addressFailuresMax: 20,
  networkFailuresMax: 60,
  accountFailuresMax: 50,
  delayMsMin: 500,
  delayMsMax: 8_000,
};

/** What a stranger may get wrong while its network or the account it asks for is under attack. */
export const failuresMaxUnderAttack = 3;

export type LoginLimit = 'address' | 'network' | 'account';

/** Whether an attempt is looked at, and after what time. */
export type Admission =
  | { readonly kind: 'look'; readonly waitMs: number }
  | { readonly kind: 'refuse'; readonly limit: LoginLimit };

export interface FailedTry {
  readonly context: LoginContext;
  /** The name's one spelling, and as it was typed. */
  readonly key: string;
  readonly user: string;
  readonly standing: Standing;
  /** `failureWeight` */
  readonly weight: number;
}

export interface FailureCounted {
  readonly failures: number;
  readonly delayMs: number;
  /** This failure was the one too many: the address is to be shut out. */
  readonly overLimit: LoginEvidence | undefined;
  /** This failure brought the account over its limit. */
  readonly accountAttacked: boolean;
}

/**
 * Counts failures per address, network and name over all protocols, all the same whether the name exists or not (I-80).
 * Only an address' own failures shut it out, and none that somebody logs in from: others' failures, of its network or
 * for the same account, slow strangers down.
 */
export class LoginLimits {
  readonly #settings: LoginLimitSettings;
  readonly #clock: Clock;
  readonly #addresses = new FailureWindows(keysMax);
  readonly #networks = new FailureWindows(keysMax);
  readonly #names = new FailureWindows(keysMax);
  readonly #evidence = new FailureEvidence();

  constructor(clock: Clock, settings: LoginLimitSettings = loginLimitDefaults) {
    this.#settings = settings;
    this.#clock = clock;
  }

  admission({ client, exemptFromRate }: LoginContext, name: string, standing: Standing): Admission {
    if (exemptFromRate || standing.deviceKnown) return { kind: 'look', waitMs: 0 };
    const nowMs = this.#clock.monotonic();
    const { delayMsMax } = this.#settings;
    const failures = this.#addresses.count(clientAddressKey(client), nowMs);
    const pressure = this.#pressure(client, name);
    const limit = failures >= this.#settings.addressFailuresMax ? 'address' : pressure;
    if (limit === undefined) return { kind: 'look', waitMs: 0 };
    const isShutOut = limit === 'address' || failures >= failuresMaxUnderAttack;
    return isShutOut && !standing.addressKnown
      ? { kind: 'refuse', limit }
      : { kind: 'look', waitMs: delayMsMax };
  }

  /** Counts a failure; `delayMs` is how long its answer shall take, also for exempt networks per account. */
  failed({ context, key, user, standing, weight }: FailedTry): FailureCounted {
    const nowMs = this.#clock.monotonic();
    const { windowMs, accountFailuresMax } = this.#settings;
    const added = { amount: weight, windowMs, nowMs };
    const before = this.#names.count(key, nowMs);
    const byName = this.#names.add(key, added);
    const accountAttacked = before < accountFailuresMax && byName >= accountFailuresMax;
    if (context.exemptFromRate)
      return { failures: byName, delayMs: this.#delayMs(byName), overLimit: undefined, accountAttacked };
    const clientKey = clientAddressKey(context.client);
    const byAddress = this.#addresses.add(clientKey, added);
    this.#networks.add(clientNetwork(context.client), added);
    const users = this.#evidence.add(clientKey, { user, nowMs, windowMs });
    const failures = standing.deviceKnown ? byAddress : Math.max(byName, byAddress);
    const isOver =
      weight > 0 && !standing.addressKnown && byAddress >= this.#failuresMax(context.client, key);
    return {
      failures,
      delayMs: this.#delayMs(failures),
      overLimit: isOver
        ? { client: context.client, listener: context.listener, failures: byAddress, users }
        : undefined,
      accountAttacked,
    };
  }

  /** The address was let in again by hand: it begins anew. */
  forget(client: string): void {
    this.#addresses.forget(clientAddressKey(client));
  }

  get windowMs(): number {
    return this.#settings.windowMs;
  }

  get delayMsMax(): number {
    return this.#settings.delayMsMax;
  }

  #failuresMax(client: string, name: string): number {
    const { addressFailuresMax } = this.#settings;
    const attacked = this.#pressure(client, name) !== undefined;
    return attacked ? Math.min(failuresMaxUnderAttack, addressFailuresMax) : addressFailuresMax;
  }

  #pressure(client: string, name: string): 'network' | 'account' | undefined {
    const nowMs = this.#clock.monotonic();
    const { networkFailuresMax, accountFailuresMax } = this.#settings;
    if (this.#networks.count(clientNetwork(client), nowMs) >= networkFailuresMax) return 'network';
    return this.#names.count(name, nowMs) >= accountFailuresMax ? 'account' : undefined;
  }

  #delayMs(failures: number): number {
    const { delayMsMin, delayMsMax } = this.#settings;
    const doublings = Math.max(0, Math.min(failures - 1, 20));
    return Math.min(delayMsMax, delayMsMin * 2 ** Math.floor(doublings));
  }
}
