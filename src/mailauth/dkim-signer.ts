import { ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { parseDomain } from '#mail/domain.ts';
import type { Domain } from '#mail/domain.ts';
import type { MessageEnvelope } from '#mail/summary.ts';
import type { Clock } from '#platform/clock.ts';
import type { DkimKey, Domains } from '#store/contract/accounts.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { readPrivateKey } from './dkim-private-key.ts';
import type { SignData } from './dkim-private-key.ts';
import { signDkim } from './dkim-sign.ts';

/** What is signed with, or why not; for the trace (I-39). */
export type SigningChoice =
  | { readonly kind: 'sign'; readonly domain: Domain; readonly keys: readonly DkimKey[] }
  | { readonly kind: 'unsigned'; readonly reason: string };

export interface DkimSigner {
  /** The signing table: the domain of the one From address, exactly, to its active keys. */
  choose(envelope: MessageEnvelope): Promise<Result<SigningChoice, Trouble>>;
  /** DKIM-Signature fields to stand in front of `header`. */
  sign(
    choice: Extract<SigningChoice, { kind: 'sign' }>,
    message: { readonly header: Uint8Array; readonly bodyHash: string },
  ): Promise<string>;
}

/** Parsed keys kept; more domains than this are parsed again. */
const keysKeptMax = 1_000;
export function createDkimSigner(domains: Pick<Domains, 'get'>, clock: Clock): DkimSigner {
  const read = new Map<string, SignData>();
  const signerOf = (key: DkimKey): SignData => {
    const known = read.get(key.privateKey);
    if (known !== undefined) return known;
    if (read.size >= keysKeptMax) read.clear();
    const made = readPrivateKey(key);
    read.set(key.privateKey, made);
    return made;
  };
  return {
    async choose(envelope) {
      const domain = authorDomain(envelope);
      if (domain === undefined) return ok({ kind: 'unsigned', reason: 'no single author in From' });
      const found = await domains.get(domain);
      if (!found.ok && found.error.code !== 'not-found') return found;
      const keys = found.ok ? found.value.dkim.filter((key) => key.active) : [];
      if (keys.length === 0) return ok({ kind: 'unsigned', reason: `no signing key for ${domain}` });
      return ok({ kind: 'sign', domain, keys });
    },
    sign({ domain, keys }, { header, bodyHash }) {
      const signing = keys.map((key) => ({ key, sign: signerOf(key) }));
      return signDkim({ domain, keys: signing, header, bodyHash, nowMs: clock.now() });
    },
  };
}

function authorDomain({ from }: MessageEnvelope): Domain | undefined {
  const [author, ...more] = from.filter((one) => one.host !== undefined);
  if (author?.host === undefined || more.length > 0) return undefined;
  const domain = parseDomain(author.host, { allowUnicode: true });
  return domain.ok ? domain.value : undefined;
}
