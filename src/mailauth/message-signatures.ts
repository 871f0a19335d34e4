import type { Domain } from '#mail/domain.ts';
import type { Clock } from '#platform/clock.ts';
import type { Resolver } from '#platform/resolver.ts';
import type { ArcOutcome } from './arc/arc-outcome.ts';
import type { DkimReport } from './dkim/dkim-outcome.ts';
import type { PublicKeyCache } from './dkim/public-key-cache.ts';

/** What verifying asks of the world. */
export interface VerifyWorld {
  /** Already with the budget of the message (S-09). */
  readonly resolver: Resolver;
  readonly clock: Clock;
  /** One for the process: `createPublicKeyCache()`. */
  readonly keys: PublicKeyCache;
  readonly signal?: AbortSignal;
}

/**
 * The DKIM signatures and the ARC chain of one message that is coming in. Made when its header is known
 * (`readSignatures(splitHeader(bytes))`), fed with the body in any chunks, asked after its end. One pass over the body
 * serves all signatures; without any, nothing is hashed.
 */
export interface MessageSignatures {
  /** DKIM-Signature fields. */
  readonly dkimSignatures: number;
  /** Sealing domains as the chain names them, not verified, first to last: to see whether `arc` is worth asking. */
  readonly sealers: readonly Domain[];
  /** False when `update` would do nothing. */
  readonly wantsBody: boolean;
  /** Octets of the body: what follows the blank line. */
  update(chunk: Uint8Array): void;
  /** After the last octet. Asks DNS; never rejects. Repeated calls give the first answer. */
  dkim(world: VerifyWorld): Promise<DkimReport>;
  arc(world: VerifyWorld): Promise<ArcOutcome>;
}
