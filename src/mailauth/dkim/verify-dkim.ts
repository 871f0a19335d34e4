import { andThen } from '#base/and-then.ts';
import type { Awaitable } from '#base/result.ts';
import { signedFields } from './signed-fields.ts';
import type { Coverage } from './signed-fields.ts';
import { checkMessageSignature } from './check-message-signature.ts';
import type { CheckedSignature, SignedMessage } from './check-message-signature.ts';
import type { DkimCandidate } from './dkim-candidates.ts';
import type { DkimOutcome } from './dkim-outcome.ts';
import { DkimProblem, resultOf } from './dkim-problem.ts';
import { signatureFingerprint } from './dkim-signature.ts';
import type { DkimSignature } from './dkim-signature.ts';

/** What one DKIM-Signature field comes to (I-41, RFC 6376 §6). Asks for its key; never rejects. */
export function verifyDkim(candidate: DkimCandidate, message: SignedMessage): Awaitable<DkimOutcome> {
  const { signature, field } = candidate;
  if (!signature.ok) {
    return outcome(candidate, { problem: signature.error, verified: undefined });
  }
  const { fields, coverage } = signedFields(message.header, signature.value.names, field);
  const unfit = fromProblem(coverage);
  if (unfit !== undefined) return outcome(candidate, { problem: unfit, verified: undefined, coverage });
  return andThen(checkMessageSignature(signature.value, fields, message), (checked) => {
    const problem = checked.problem ?? strictIdentityProblem(signature.value, checked);
    const bodyBytes = message.body(signature.value.bodyForm).sizeBytes;
    return outcome(candidate, { problem, verified: checked.verified, coverage, bodyBytes });
  });
}

/** `h=` names From (else it could not be read); what matters is that the message's are covered. */
function fromProblem({ signed, unsigned }: Coverage): DkimProblem | undefined {
  if (unsigned.includes('from'))
    return new DkimProblem('from-added', 'there is a From field that is not signed');
  return signed.includes('from') ? undefined : new DkimProblem('from-unsigned', 'there is no From field');
}

/** `t=s` in the key record (RFC 6376 §3.6.1). */
function strictIdentityProblem(
  { identityDomain, domain }: DkimSignature,
  { verified }: CheckedSignature,
): DkimProblem | undefined {
  if (verified?.record.strictIdentity !== true || identityDomain === domain) return undefined;
  return new DkimProblem('identity', 'the key is for d= alone and i= is below it');
}

interface Finding extends CheckedSignature {
  readonly coverage?: Coverage;
  readonly bodyBytes?: number;
}

const nothing: Coverage = { signed: [], oversigned: [], unsigned: [] };

function outcome(
  { place, claims, signature }: DkimCandidate,
  { problem, verified, coverage = nothing, bodyBytes }: Finding,
): DkimOutcome {
  const reason = problem?.reason ?? 'verified';
  const testing = verified?.record.testing ?? false;
  const read = signature.ok ? signature.value : undefined;
  return {
    // RFC 6376 §3.6.1: a failure of a domain that is trying DKIM out is no failure.
    result: testing && resultOf[reason] === 'fail' ? 'neutral' : resultOf[reason],
    reason,
    detail: problem?.message ?? 'header and body are as signed',
    place,
    domain: claims.domain,
    selector: claims.selector,
    algorithm: claims.algorithm,
    identity: claims.identity,
    signedAtMs: claims.signedAtMs,
    expiresAtMs: claims.expiresAtMs,
    signatureHead: claims.signatureHead,
    signed: coverage.signed,
    oversigned: coverage.oversigned,
    unsigned: coverage.unsigned,
    keyBits: verified?.bits,
    bodyBytesSigned: read?.bodyBytesSigned,
    bodyBytes,
    headerIntact: verified?.intact,
    testing,
    fingerprint: read === undefined ? undefined : signatureFingerprint(read),
  };
}
