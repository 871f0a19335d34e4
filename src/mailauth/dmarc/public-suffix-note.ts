import { parseDomain } from '#mail/domain.ts';
import type { Domain } from '#mail/domain.ts';
import { registrableDomain } from '#mail/public-suffix.ts';
import type { Alignment, PublicSuffixNote } from './dmarc-outcome.ts';

/** An identifier that passed, as the tree walk saw it. */
export interface PassedIdentifier {
  readonly mechanism: 'spf' | 'dkim';
  readonly domain: string | undefined;
  readonly mode: 'relaxed' | 'strict';
  readonly alignment: Alignment;
}

/** What the older rule (RFC 7489 §3.1, §3.2) says of the same identifiers. For the trace only (I-43). */
export function notePublicSuffix(author: Domain, passed: readonly PassedIdentifier[]): PublicSuffixNote {
  const organization = registrableDomain(author);
  const judged = passed.map((identifier) => ({
    ...identifier,
    older: isAligned(identifier, { author, organization }),
  }));
  const older = judged.filter((identifier) => identifier.older);
  return {
    organizationalDomain: organization,
    spfAligned: older.some(({ mechanism }) => mechanism === 'spf'),
    dkimAligned: older.some(({ mechanism }) => mechanism === 'dkim'),
    differs: judged.some(
      ({ alignment, older: was }) =>
        alignment !== 'unknown' && was !== (alignment === 'strict' || alignment === 'relaxed'),
    ),
  };
}

interface Author {
  readonly author: Domain;
  readonly organization: Domain | undefined;
}

function isAligned(identifier: PassedIdentifier, { author, organization }: Author): boolean {
  if (identifier.domain === author) return true;
  const domain = parseDomain(identifier.domain ?? '');
  if (!domain.ok) return false;
  if (domain.value === author) return true;
  if (identifier.mode === 'strict' || organization === undefined) return false;
  return registrableDomain(domain.value) === organization;
}
