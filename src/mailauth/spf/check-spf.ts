import type { Awaitable } from '#base/result.ts';
import { walk } from '#base/steps.ts';
import type { Steps } from '#base/steps.ts';
import { checkHost } from './check-host.ts';
import { explanationOf } from './explanation.ts';
import { shown, SpfEvaluation, stop } from './spf-evaluation.ts';
import { spfSender } from './spf-identity.ts';
import type { SpfIdentity, SpfInput, SpfOutcome, SpfWorld } from './spf-outcome.ts';

/**
 * SPF (RFC 7208) of the MAIL FROM identity; of the HELO identity where the reverse path is null (§2.4, I-35).
 * Never rejects: what cannot be decided is `temperror` or `permerror`. Comes at once when all answers are known.
 */
export function checkSpf(input: SpfInput, world: SpfWorld): Awaitable<SpfOutcome> {
  return walk(checkIdentity(input, world, input.mailFrom === '' ? 'helo' : 'mailfrom'));
}

/** SPF of the HELO identity alone (RFC 7208 §2.3), to be asked beside the other (P-19). */
export function checkHeloSpf(input: SpfInput, world: SpfWorld): Awaitable<SpfOutcome> {
  return walk(checkIdentity(input, world, 'helo'));
}

function* checkIdentity(input: SpfInput, world: SpfWorld, identity: SpfIdentity): Steps<SpfOutcome> {
  const sender = spfSender(input, identity);
  const evaluation = new SpfEvaluation(input, sender, world);
  const domain = sender.domain ?? shown(sender.written);
  const word =
    sender.domain === undefined
      ? stop('no-domain', { domain }, 'no domain name of several labels')
      : yield* checkHost(sender.domain, evaluation);
  if (!word.ok) {
    const { result, problem } = word.error;
    return { result, identity, domain, evidence: { ...evaluation.evidence(), matched: [], problem } };
  }
  evaluation.decide();
  const { result, matched } = word.value;
  const explanation = result === 'fail' ? yield* explanationOf(word.value, evaluation) : undefined;
  return {
    result,
    identity,
    domain,
    ...(explanation === undefined ? {} : { explanation }),
    evidence: { ...evaluation.evidence(), matched },
  };
}
