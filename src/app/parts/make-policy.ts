import type { Configuration } from '#config/configuration.ts';
import type { AttachmentEngine } from '#content/links/attached-links.ts';
import { createVerifierAside } from '#mailauth/dkim/verify-signature.ts';
import { withBreaker } from '#platform/resolver-breaker.ts';
import type { Resolver } from '#platform/resolver.ts';
import type { AuthenticationEngine } from '#policy/aside/authenticate-mail.ts';
import type { OwnNames } from '#policy/own-names.ts';
import { withListKeys } from '#policy/lists/with-list-keys.ts';
import { Policy } from '#policy/policy.ts';
import { livePolicyValues } from '#policy/read-policy-values.ts';
import type { Store } from '#store/contract/store.ts';
import type { LiveSettings } from '../live-settings.ts';
import type { Lists } from './open-lists.ts';
import type { Trials } from './open-trials.ts';
import { ownAddresses } from './own-addresses.ts';
import type { World } from './world.ts';

export interface PolicyMaking {
  readonly configuration: Configuration;
  readonly store: Pick<Store, 'domains' | 'counters'>;
  readonly settings: LiveSettings;
  readonly resolver: Resolver;
  readonly lists: Lists;
  readonly attachments: AttachmentEngine;
  readonly authentication: AuthenticationEngine | undefined;
  readonly trials: Pick<Trials, 'book'>;
  readonly world: Pick<World, 'clock'>;
}

/** Judges mail from outside by the settings as they are at that moment. */
export function makePolicy(making: PolicyMaking): Policy {
  const { store, settings, resolver, lists, trials, world } = making;
  return new Policy({
    resolver: withListKeys(withBreaker(resolver, world.clock), lists.keys),
    lists,
    attachments: making.attachments,
    authentication: making.authentication,
    trials: trials.book,
    clock: world.clock,
    verify: createVerifierAside(world),
    counters: store.counters,
    own: ownNames(making),
    values: livePolicyValues(settings),
  });
}

function ownNames({ configuration, store }: PolicyMaking): OwnNames {
  const addresses = ownAddresses(configuration);
  return {
    hostname: configuration.hostname,
    isOwnAddress: (address) => addresses.has(address as never) || isLoopback(address),
    isOwnDomain: (domain) => store.domains.isLocal(domain),
    ownDomains: () => store.domains.names(),
  };
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}
