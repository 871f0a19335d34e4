import { andThen } from '#base/and-then.ts';
import type { Awaitable } from '#base/result.ts';
import type { HeaderField } from '#mail/header.ts';
import { relaxedField } from '../relaxed-field.ts';
import type { HashedBody } from './body-hash.ts';
import type { CanonicalHeader } from './canonical-header.ts';
import { DkimProblem } from './dkim-problem.ts';
import type { MessageSignature } from './signature.ts';
import { verifyData } from './verify-data.ts';
import type { KeySource, VerifiedData } from './verify-data.ts';

/** A message as its signatures are checked against it. */
export interface SignedMessage {
  readonly header: CanonicalHeader;
  readonly body: (form: MessageSignature['bodyForm']) => HashedBody;
  readonly now: () => number;
  readonly keys: KeySource;
}

export interface CheckedSignature {
  /** Nothing when header and whole body are as signed. */
  readonly problem: DkimProblem | undefined;
  /** Missing when no key could be tried. */
  readonly verified: VerifiedData | undefined;
}

/** Checks a DKIM signature or an ARC message signature (RFC 6376 §6.1.3) over these fields: `signedFields`. */
export function checkMessageSignature(
  signature: MessageSignature,
  fields: readonly HeaderField[],
  message: SignedMessage,
): Awaitable<CheckedSignature> {
  const early = expired(signature, message.now());
  if (early !== undefined) return { problem: early, verified: undefined };
  const data = signedData(signature, fields, message.header);
  return andThen(verifyData(signature, data, message.keys), (verified) => {
    if (!verified.ok) return { problem: verified.error, verified: undefined };
    const problem = judge(verified.value.intact, signature, message.body(signature.bodyForm));
    return { problem, verified: verified.value };
  });
}

function expired({ expiresAtMs }: MessageSignature, nowMs: number): DkimProblem | undefined {
  if (expiresAtMs === undefined || nowMs <= expiresAtMs) return undefined;
  return new DkimProblem('expired', 'the signature has expired');
}

/** RFC 6376 §3.7: the fields of `h=`, then the signature's own field without `b=` and without its line break. */
function signedData(
  { headerForm, unsigned }: MessageSignature,
  fields: readonly HeaderField[],
  header: CanonicalHeader,
): string {
  let data = '';
  for (const field of fields) data += header.canonical(field, headerForm);
  return data + (headerForm === 'relaxed' ? relaxedField(unsigned) : unsigned);
}

function judge(
  headerIntact: boolean,
  { bodyHash, bodyBytesSigned }: MessageSignature,
  body: HashedBody,
): DkimProblem | undefined {
  const digest = bodyBytesSigned === undefined ? body.digest : body.digestOf(bodyBytesSigned);
  if (digest === undefined) return new DkimProblem('body-too-short', 'the body is shorter than was signed');
  const bodyIntact = digest.equals(bodyHash);
  if (!bodyIntact) {
    const rest = headerIntact ? 'the signed header is as it was' : 'so was the header';
    return new DkimProblem('body-changed', `the body was changed after signing; ${rest}`);
  }
  if (!headerIntact) return new DkimProblem('header-changed', 'the header was changed after signing');
  if (bodyBytesSigned !== undefined && bodyBytesSigned < body.sizeBytes) {
    // RFC 6376 §8.2: what was appended may be anything.
    const rest = body.sizeBytes - bodyBytesSigned;
    return new DkimProblem('body-partly-signed', `${rest} octets at the end of the body are not signed`);
  }
  return undefined;
}
