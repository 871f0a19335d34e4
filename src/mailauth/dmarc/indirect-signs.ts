import { parseDomain } from '#mail/domain.ts';
import type { Domain } from '#mail/domain.ts';
import { findFields, unfoldedValue } from '#mail/header.ts';
import type { HeaderBlock } from '#mail/header.ts';
import type { IndirectSign } from './dmarc-disposition.ts';
import type { DkimIdentifier, SpfIdentifier } from './dmarc-outcome.ts';
import { mailtoAddress } from './dmarc-record.ts';
import { registrableDomain } from '#mail/public-suffix.ts';

export interface DetourFacts {
  readonly header: HeaderBlock;
  readonly spf: SpfIdentifier | undefined;
  readonly dkim: readonly DkimIdentifier[];
  /** The forwarder that a recipient or administrator named, when the message comes from its network. */
  readonly forwarder: string | undefined;
  /** A sealer on the list of those believed whose chain holds (I-42). */
  readonly arcSealer: Domain | undefined;
}

/** List fields of one message that are read; it has one of each. */
export const listFieldsMax = 4;
/** Of one list field: an address or name, and the words around it. */
export const listFieldCharsMax = 1000;

/**
 * Signs that a message did not come straight from its author (I-45). Anybody can write list fields: they count only
 * where SPF or a valid signature vouches for the list's own domain, so that whoever pretends to be a list at least
 * stands for it with a name that lists and reputation can judge.
 */
export function findIndirectSigns(facts: DetourFacts): readonly IndirectSign[] {
  const signs: IndirectSign[] = [];
  if (facts.forwarder !== undefined) signs.push({ kind: 'named-forwarder', who: facts.forwarder });
  if (facts.arcSealer !== undefined) signs.push({ kind: 'named-arc-sealer', who: facts.arcSealer });
  const list = listDomains(facts.header).find((domain) => vouchedFor(domain, facts));
  if (list !== undefined) signs.push({ kind: 'mailing-list', who: list });
  return signs;
}

function vouchedFor(list: Domain, { spf, dkim }: DetourFacts): boolean {
  const house = registrableDomain(list);
  const vouching = spf === undefined ? dkim : [spf, ...dkim];
  return vouching.some(
    ({ result, domain = '' }) =>
      result === 'pass' && (domain === list || (house !== undefined && registrableDomain(domain) === house)),
  );
}

/** Domains of List-Id (RFC 2919) and List-Post (RFC 2369 §3.4); newsletters have neither, only List-Unsubscribe. */
export function listDomains(header: HeaderBlock): readonly Domain[] {
  const ids = values(header, 'list-id').flatMap((value) => bracketed(value).map(listIdDomain));
  const posts = values(header, 'list-post').flatMap((value) => bracketed(value).map(postDomain));
  return [...ids, ...posts].filter((domain) => domain !== undefined);
}

function values(header: HeaderBlock, name: string): readonly string[] {
  const fields = findFields(header, name).slice(0, listFieldsMax);
  return fields.map((field) => unfoldedValue(header, field).slice(0, listFieldCharsMax));
}

/** What stands in the last angle brackets, or the whole where there are none. */
function bracketed(value: string): readonly string[] {
  const open = value.lastIndexOf('<');
  const close = value.indexOf('>', open);
  if (open < 0) return [value];
  return close < 0 ? [] : [value.slice(open + 1, close)];
}

/** `list-label "." list-id-namespace`; a label may hold what no domain does. */
function listIdDomain(id: string): Domain | undefined {
  const whole = parseDomain(id.trim());
  if (whole.ok) return whole.value;
  const namespace = parseDomain(id.slice(id.indexOf('.') + 1).trim());
  return namespace.ok ? namespace.value : undefined;
}

function postDomain(uri: string): Domain | undefined {
  const address = mailtoAddress(uri.trim()) ?? '';
  const domain = parseDomain(address.slice(address.lastIndexOf('@') + 1), { allowUnicode: true });
  return domain.ok ? domain.value : undefined;
}
