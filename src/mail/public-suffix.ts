import { createRequire } from 'node:module';
import type * as tldts from 'tldts';
import { lazy } from '#base/lazy.ts';
import { parseDomain } from './domain.ts';
import type { Domain } from './domain.ts';

const load = createRequire(import.meta.url);

/** The list takes 9 MB, and a server that is at rest needs none of it: it is read when it is first asked. */
const suffixList = lazy(() => load('tldts') as typeof tldts);

/** The name below the public suffix, private suffixes counted (Public Suffix List); an unknown suffix is one label. */
export function registrableDomain(text: string): Domain | undefined {
  const domain = parseDomain(text);
  if (!domain.ok) return undefined;
  const found = suffixList().getDomain(domain.value, { allowPrivateDomains: true });
  return found === null ? undefined : (found as Domain);
}

const asWritten = { allowPrivateDomains: true, extractHostname: false, validateHostname: false } as const;

/**
 * The same of the host of a link, whose labels may hold what no domain for mail may (`a_b.example.com`); `undefined` also
 * for a name under a suffix that is not on the list.
 */
export function registrableHost(host: string): Domain | undefined {
  const read = suffixList().parse(host.toLowerCase(), asWritten);
  if (read.domain === null || (read.isIcann !== true && read.isPrivate !== true)) return undefined;
  const domain = parseDomain(read.domain, { allowUnicode: true });
  return domain.ok ? domain.value : undefined;
}
