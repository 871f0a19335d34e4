import { createRequire } from 'node:module';
import { parseDomain } from './domain.ts';
import type { Domain } from './domain.ts';

type SuffixList = typeof import('tldts');

const load = createRequire(import.meta.url);

/** The list takes 9 MB, and a server that is at rest needs none of it: it is read when it is first asked. */
function suffixList(): SuffixList {
  return load('tldts') as SuffixList;
}

/** The name below the public suffix, private suffixes counted (Public Suffix List); a suffix that nobody knows is one label. */
export function registrableDomain(text: string): Domain | undefined {
  const domain = parseDomain(text);
  if (!domain.ok) return undefined;
  const found = suffixList().getDomain(domain.value, { allowPrivateDomains: true });
  return found === null ? undefined : (found as Domain);
}

/** The same of a host as it may be written in a link; `undefined` also for a name under a suffix that is not on the list. */
export function registrableHost(host: string): Domain | undefined {
  const domain = parseDomain(host, { allowUnicode: true });
  if (!domain.ok) return undefined;
  const read = suffixList().parse(domain.value, { allowPrivateDomains: true });
  const isKnown = read.isIcann === true || read.isPrivate === true;
  return isKnown && read.domain !== null ? (read.domain as Domain) : undefined;
}
