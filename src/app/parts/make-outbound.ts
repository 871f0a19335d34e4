import { networkSet } from '#base/client-address.ts';
import type { Configuration } from '#config/configuration.ts';
import { createOutbound } from '#delivery/outbound/create-outbound.ts';
import type { DestinationRules } from '#delivery/outbound/destination-rules.ts';
import type { RemoteDelivery } from '#delivery/outbound/remote-delivery.ts';
import { createDialer } from '#net/dialer.ts';
import type { Resolver } from '#platform/resolver.ts';
import { createSmtpTransport } from '#protocols/smtp/client/smtp-transport.ts';
import type { Store } from '#store/contract/store.ts';
import { ownAddresses } from './own-addresses.ts';
import type { World } from './world.ts';

export interface OutboundWiring {
  readonly configuration: Configuration;
  readonly store: Store;
  readonly resolver: Resolver;
  readonly world: World;
  /** Something new is in the queue. */
  readonly queued: () => void;
}

/** Mail to other servers: our SMTP client under outbound delivery. */
export function makeOutbound({
  configuration,
  store,
  resolver,
  world,
  queued,
}: OutboundWiring): RemoteDelivery {
  return createOutbound({
    ...world,
    store,
    resolver,
    queued,
    transport: createSmtpTransport({ dialer: createDialer(), clock: world.clock }),
    hostname: configuration.outbound.hostname,
    rules: destinationRules(configuration),
  });
}

export function destinationRules(configuration: Configuration): DestinationRules {
  const { outbound, hostname, listeners } = configuration;
  const taking = listeners.filter(({ role }) => role === 'mx' || role === 'lmtp');
  return {
    port: outbound.port,
    privateDestinations: networkSet(outbound.privateDestinations),
    destinations: outbound.destinations,
    ownAddresses: ownAddresses(configuration),
    ownPorts: new Set(taking.map(({ port }) => port)),
    ownNames: new Set([hostname, outbound.hostname]),
    localAddresses: outbound.addresses,
  };
}
