import { timingSafeEqual } from 'node:crypto';
import type { Awaitable } from '#base/result.ts';
import type { Random } from '#platform/random.ts';
import type { AccountRecord } from '#store/contract/accounts.ts';
import type { LoginContext, SaslExchange, SaslStep } from './authenticator.ts';
import { admit, fail, findAccount, succeedIfUnchanged, unavailable } from './login-desk.ts';
import type { LoginEnd, LoginParts } from './login-desk.ts';
import { newAttempt } from './attempt.ts';
import type { Attempt } from './attempt.ts';
import type { Standing } from './known-devices.ts';
import { saslText } from './sasl-text.ts';
import { fakeScramCredentials } from './scram-credentials.ts';
import type { ScramCredentials } from './scram-credentials.ts';
import { parseClientFinal, parseClientFirst } from './scram-message.ts';
import type { ClientFirst } from './scram-message.ts';
import { proofHolds, serverSignature } from './scram-proof.ts';

export interface ScramOptions {
  readonly mechanism: 'SCRAM-SHA-256' | 'SCRAM-SHA-256-PLUS';
  readonly random: Random;
  /** RFC 9266 `tls-exporter`; `undefined`: this connection cannot bind. */
  readonly exporter: (() => Uint8Array) | undefined;
}

const nonceBytes = 18;
const bindingName = 'tls-exporter';

/** Between the first answer and the proof. */
interface Challenged {
  readonly attempt: Attempt;
  readonly first: ClientFirst;
  readonly nonce: string;
  readonly serverFirst: string;
  readonly credentials: ScramCredentials;
  readonly account: AccountRecord | undefined;
  readonly standing: Standing;
}

/** RFC 5802 and RFC 7677; with `-PLUS` bound to the TLS connection. */
export function scramExchange(parts: LoginParts, context: LoginContext, options: ScramOptions): SaslExchange {
  let challenged: Challenged | undefined;
  return {
    async step(response) {
      if (response === undefined) return { kind: 'challenge', bytes: new Uint8Array(0) };
      if (challenged !== undefined) return prove(parts, options, { challenged, response });
      const begun = await challenge(parts, context, { options, response });
      if ('kind' in begun) return begun;
      challenged = begun;
      return { kind: 'challenge', bytes: Buffer.from(begun.serverFirst) };
    },
  };
}

async function challenge(
  parts: LoginParts,
  context: LoginContext,
  { options, response }: { readonly options: ScramOptions; readonly response: Uint8Array },
): Promise<Challenged | LoginEnd> {
  const text = saslText(response);
  const first = text === undefined ? undefined : parseClientFirst(text);
  const attempt = newAttempt(context, options.mechanism, first?.ok === true ? first.value.user : '');
  if (first?.ok !== true || !bindingFits(first.value, options))
    return fail(parts, attempt, { reason: 'malformed' });
  const { authzid, user } = first.value;
  if (authzid !== undefined && authzid !== user) return fail(parts, attempt, { reason: 'credentials' });
  const admitted = await admit(parts, attempt);
  if (!admitted.ok) return admitted.error;
  const found = await findAccount(parts, attempt);
  if (!found.ok) return unavailable;
  const fake = fakeScramCredentials(attempt.key, parts.saltSecret);
  const credentials = found.value?.credentials.scramSha256 ?? fake;
  const nonce = first.value.nonce + Buffer.from(options.random.bytes(nonceBytes)).toString('base64');
  const serverFirst = `r=${nonce},s=${credentials.salt},i=${credentials.iterations}`;
  return {
    attempt,
    first: first.value,
    nonce,
    serverFirst,
    credentials,
    account: found.value,
    standing: admitted.value,
  };
}

/**
 * RFC 5802 §6: who says that we offered no binding, while we did, met somebody in between.
 */
function bindingFits({ binding }: ClientFirst, { mechanism, exporter }: ScramOptions): boolean {
  if (mechanism === 'SCRAM-SHA-256-PLUS') return binding.kind === 'used' && binding.name === bindingName;
  if (binding.kind === 'used') return false;
  return binding.kind === 'none' || exporter === undefined;
}

function prove(
  parts: LoginParts,
  options: ScramOptions,
  { challenged, response }: { readonly challenged: Challenged; readonly response: Uint8Array },
): Awaitable<SaslStep> {
  const { attempt, first, nonce, serverFirst, credentials, account, standing } = challenged;
  const text = saslText(response);
  const final = text === undefined ? undefined : parseClientFinal(text);
  if (final?.ok !== true) return fail(parts, attempt, { reason: 'malformed', account, standing });
  const { channelBinding, withoutProof, proof } = final.value;
  if (final.value.nonce !== nonce || !sameText(channelBinding, expectedBinding(first, options))) {
    return fail(parts, attempt, { reason: 'credentials', account, standing });
  }
  const authMessage = `${first.bare},${serverFirst},${withoutProof}`;
  const holds = proofHolds(credentials, authMessage, proof);
  const isReal = account?.credentials.scramSha256 !== undefined;
  if (!holds || !isReal || account.state !== 'active')
    return fail(parts, attempt, { reason: 'credentials', account, standing });
  const bytes = Buffer.from(`v=${serverSignature(credentials, authMessage)}`);
  return succeedIfUnchanged(parts, attempt, { account, bytes });
}

/** `cbind-input`: the gs2 header, and with `-PLUS` the exporter's bytes (RFC 9266 §4). */
function expectedBinding({ gs2Header }: ClientFirst, { mechanism, exporter }: ScramOptions): string {
  const bound = mechanism === 'SCRAM-SHA-256-PLUS' ? exporter?.() : undefined;
  return Buffer.concat([Buffer.from(gs2Header), bound ?? new Uint8Array(0)]).toString('base64');
}

function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.byteLength === right.byteLength && timingSafeEqual(left, right);
}
