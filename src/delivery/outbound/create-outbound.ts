import { createDkimSigner } from '#mailauth/dkim-signer.ts';
import { OutboundAttempt } from './outbound-attempt.ts';
import type { AttemptParts, OutboundParts } from './outbound-parts.ts';
import type { RemoteDelivery } from './remote-delivery.ts';
import { SilentServers } from './silent-servers.ts';
import { createTlsMemory } from './tls-memory.ts';

/** Mail to other servers: plan, try, settle, and tell the sender what failed. */
export function createOutbound(parts: OutboundParts): RemoteDelivery {
  const { store, clock } = parts;
  const shared: AttemptParts = {
    ...parts,
    signer: createDkimSigner(store.domains, clock),
    tls: createTlsMemory(store.counters, clock),
    silent: new SilentServers(clock),
  };
  return {
    deliver: (job, signal) => new OutboundAttempt(shared, job, signal).run(),
    insist: () => shared.silent.forget(),
    close: () => parts.transport.close(),
  };
}
