import { splitSubaddress } from '#mail/address.ts';
import { comparedAddress, parseLocalSubject } from '../local-lists/local-entry.ts';
import { matchesPattern } from '../local-lists/matches-pattern.ts';
import type { RuleAddress } from './rule-facts.ts';

/** Reads an address, a domain or a pattern of addresses as the local lists do; `undefined` if it is none of them. */
export function readMailSubject(
  text: string,
): { readonly value: string; fits(address: RuleAddress): boolean } | undefined {
  const subject = parseLocalSubject(text);
  if (subject === undefined) return undefined;
  const { kind, value } = subject;
  switch (kind) {
    case 'domain':
      return { value, fits: ({ domain }) => domain === value || domain.endsWith(`.${value}`) };
    case 'address':
      return { value, fits: ({ address }) => address === value };
    case 'pattern':
      return { value, fits: ({ address }) => address !== undefined && matchesPattern(value, address) };
    default:
      return undefined;
  }
}

/** An address as rules compare it. */
export function ruleAddress(text: string): RuleAddress {
  return {
    address: comparedAddress(text),
    domain: text.slice(text.lastIndexOf('@') + 1).toLowerCase(),
  };
}

/** A recipient as it was named, and without its detail. */
export function ruleRecipient(text: string): readonly RuleAddress[] {
  const at = Math.max(0, text.lastIndexOf('@'));
  const { user, detail } = splitSubaddress(text.slice(0, at));
  const named = ruleAddress(text);
  return detail === undefined ? [named] : [named, ruleAddress(user + text.slice(at))];
}
