import { BodyHash } from './dkim/body-hash.ts';
import type { DkimOutcome } from './dkim/dkim-outcome.ts';
import { createPublicKeyCache } from './dkim/public-key-cache.ts';
import { readPrivateKey } from './dkim-private-key.ts';
import { signDkim } from './dkim-sign.ts';
import { readSignatures } from './message-signatures.ts';
import type { VerifyWorld } from './message-signatures.ts';
import type { Domain } from '#mail/domain.ts';
import { splitHeader } from '#mail/header.ts';
import type { DkimKey } from '#store/contract/accounts.ts';

/** What others make of what is signed with one key of ours (P-20, P-21). */
export interface OwnKeyReview {
  readonly selector: string;
  readonly algorithm: DkimKey['algorithm'];
  /** Mail is signed with it. */
  readonly active: boolean;
  readonly result: DkimOutcome['result'];
  /** In words; foreign text in it is cleaned. */
  readonly detail: string;
}

/**
 * Signs a letter with each key, and verifies it as others do with what the DNS holds: the only judgement of a key record
 * that cannot be wrong about what others find.
 */
export async function reviewOwnDkim(
  domain: Domain,
  keys: readonly DkimKey[],
  world: Omit<VerifyWorld, 'keys'>,
): Promise<readonly OwnKeyReview[]> {
  return await Promise.all(keys.map((key) => reviewKey(domain, key, world)));
}

async function reviewKey(
  domain: Domain,
  key: DkimKey,
  { resolver, clock }: Omit<VerifyWorld, 'keys'>,
): Promise<OwnKeyReview> {
  const letter = `From: <postmaster@${domain}>\r\nSubject: DKIM\r\n\r\n`;
  const signature = await signDkim({
    domain,
    keys: [{ key, sign: readPrivateKey(key) }],
    header: Buffer.from(letter),
    bodyHash: new BodyHash('relaxed').end().digest.toString('base64'),
    nowMs: clock.now(),
  });
  const header = splitHeader(Buffer.from(signature + letter));
  const { outcomes } = await readSignatures(header, { resolver, clock, keys: createPublicKeyCache() }).dkim();
  const [outcome] = outcomes;
  const { selector, algorithm, active } = key;
  const detail = outcome === undefined ? 'no signature was found' : wordsOf(outcome);
  return { selector, algorithm, active, result: outcome?.result ?? 'permerror', detail };
}

function wordsOf({ result, reason, detail }: DkimOutcome): string {
  if (result === 'pass') return 'others can check it';
  return reason === 'header-changed' ? 'another key than ours is published' : detail;
}
