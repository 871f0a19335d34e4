import { allOf } from '#base/all-of.ts';
import { andThen } from '#base/and-then.ts';
import type { Awaitable } from '#base/result.ts';
import type { Domain } from '#mail/domain.ts';
import type { HeaderBlock } from '#mail/header.ts';
import type { Clock } from '#platform/clock.ts';
import type { Resolver, ResolverBudget } from '#platform/resolver.ts';
import { readArcChain } from './arc/arc-chain.ts';
import type { ArcOutcome } from './arc/arc-outcome.ts';
import { verifyArc } from './arc/verify-arc.ts';
import { BodyHashes } from './dkim/body-hashes.ts';
import { arcLookUpBudget, dkimLookUpBudget } from './dkim/bounds.ts';
import { CanonicalHeader } from './dkim/canonical-header.ts';
import type { SignedMessage } from './dkim/check-message-signature.ts';
import { chooseDkimCandidates } from './dkim/dkim-candidates.ts';
import type { DkimCandidate } from './dkim/dkim-candidates.ts';
import type { DkimReport } from './dkim/dkim-outcome.ts';
import { KeyLookUp } from './dkim/key-look-up.ts';
import type { PublicKeyCache } from './dkim/public-key-cache.ts';
import { verifyDkim } from './dkim/verify-dkim.ts';
import { verifyHere } from './dkim/verify-signature.ts';
import type { VerifySignature } from './dkim/verify-signature.ts';

/** What verifying asks of the world. */
export interface VerifyWorld {
  /** Already with the budget of the message (S-09). */
  readonly resolver: Resolver;
  readonly clock: Clock;
  /** One for a thread: `createPublicKeyCache()`. */
  readonly keys: PublicKeyCache;
  /** Where signatures are verified; on this thread where it is left out. */
  readonly verify?: VerifySignature | undefined;
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
  /** After the last octet. Asks DNS; never rejects. */
  dkim(): Awaitable<DkimReport>;
  arc(): Promise<ArcOutcome>;
}

/** Reads what signatures a message has (P-20, I-41, I-42). Asks nobody yet. */
export function readSignatures(block: HeaderBlock, world: VerifyWorld): MessageSignatures {
  const header = new CanonicalHeader(block);
  const candidates = chooseDkimCandidates(header);
  const chain = readArcChain(header);
  const links = chain.ok ? chain.value : [];
  const lastLink = links.at(-1)?.messageSignature.value;
  const bodies = new BodyHashes([
    ...candidates.flatMap(({ signature }) => (signature.ok ? [signature.value] : [])),
    ...(lastLink === undefined ? [] : [lastLink]),
  ]);
  const dkimSignatures = header.fields('dkim-signature').length;
  const signed = (budget: ResolverBudget): SignedMessage => ({
    header,
    body: (form) => bodies.end(form),
    now: () => world.clock.now(),
    keys: { lookUp: new KeyLookUp(world, budget), verify: world.verify ?? verifyHere },
  });
  return {
    dkimSignatures,
    sealers: links.map((link) => link.seal.value.domain),
    wantsBody: bodies.size > 0,
    update: (chunk) => bodies.update(chunk),
    dkim: () => report(candidates, dkimSignatures, signed(dkimLookUpBudget)),
    arc: () => verifyArc(chain, signed(arcLookUpBudget)),
  };
}

function report(
  candidates: readonly DkimCandidate[],
  fields: number,
  message: SignedMessage,
): Awaitable<DkimReport> {
  const verified = allOf(candidates.map((candidate) => verifyDkim(candidate, message)));
  return andThen(verified, (outcomes) => ({
    outcomes,
    unchecked: fields - candidates.length,
    asked: message.keys.lookUp.questions,
  }));
}
