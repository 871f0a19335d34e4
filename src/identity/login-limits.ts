import type { Clock } from '#platform/clock.ts';
import type { LoginContext } from './authenticator.ts';
import { clientNetwork } from './client-network.ts';
import { FailureWindows } from './failure-windows.ts';

const minuteMs = 60_000;
/** Bound of each map (S-09). */
const keysMax = 50_000;

export interface LoginLimitSettings {
  readonly windowMs: number;
  /** Failures within the window after which nothing more is looked at. */
  readonly addressFailuresMax: number;
  readonly networkFailuresMax: number;
  /** Counts only for networks from which the account has not logged in lately: nobody can lock its owner out. */
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

/** How long a network is known as an account's own. */
const knownNetworkMs = 30 * 24 * 60 * minuteMs;

export type LoginLimit = 'address' | 'network' | 'account';

/** Counts failures per address, network and name, all the same whether the name exists or not. */
export class LoginLimits {
  readonly #settings: LoginLimitSettings;
  readonly #clock: Clock;
  readonly #addresses: FailureWindows;
  readonly #networks: FailureWindows;
  readonly #names: FailureWindows;
  readonly #known: FailureWindows;

  constructor(clock: Clock, settings: LoginLimitSettings = loginLimitDefaults) {
    const { windowMs } = settings;
    this.#settings = settings;
    this.#clock = clock;
    this.#addresses = new FailureWindows({ windowMs, keysMax });
    this.#networks = new FailureWindows({ windowMs, keysMax });
    this.#names = new FailureWindows({ windowMs, keysMax });
    this.#known = new FailureWindows({ windowMs: knownNetworkMs, keysMax });
  }

  /** The limit that keeps this attempt from being looked at, if one does. */
  reached(context: LoginContext, name: string): LoginLimit | undefined {
    const nowMs = this.#clock.monotonic();
    const network = clientNetwork(context.client);
    const { addressFailuresMax, networkFailuresMax, accountFailuresMax } = this.#settings;
    if (context.exemptFromRate) return undefined;
    if (this.#addresses.count(context.client, nowMs) >= addressFailuresMax) return 'address';
    if (this.#networks.count(network, nowMs) >= networkFailuresMax) return 'network';
    const isKnown = this.#known.count(knownKey(name, network), nowMs) > 0;
    return !isKnown && this.#names.count(name, nowMs) >= accountFailuresMax ? 'account' : undefined;
  }

  /** Counts a failure; `delayMs` is how long its answer shall take, also for exempt networks per account. */
  failed(context: LoginContext, name: string): { readonly failures: number; readonly delayMs: number } {
    const nowMs = this.#clock.monotonic();
    const byName = this.#names.add(name, nowMs);
    if (context.exemptFromRate) return { failures: byName, delayMs: this.#delayMs(byName) };
    const byAddress = this.#addresses.add(context.client, nowMs);
    this.#networks.add(clientNetwork(context.client), nowMs);
    const failures = Math.max(byName, byAddress);
    return { failures, delayMs: this.#delayMs(failures) };
  }

  succeeded(context: LoginContext, name: string): void {
    this.#known.add(knownKey(name, clientNetwork(context.client)), this.#clock.monotonic());
  }

  get delayMsMax(): number {
    return this.#settings.delayMsMax;
  }

  #delayMs(failures: number): number {
    const { delayMsMin, delayMsMax } = this.#settings;
    return Math.min(delayMsMax, delayMsMin * 2 ** Math.min(failures - 1, 20));
  }
}

function knownKey(name: string, network: string): string {
  return `${network} ${name}`;
}
