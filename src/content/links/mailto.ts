import { registrableHost } from '#mail/public-suffix.ts';

/** Where mail goes that a `mailto:` link begins (RFC 6068): the registrable domain of its first address. */
export function domainOf({ pathname, search }: URL): string | undefined {
  const written = pathname === '' ? (/[?&]to=([^&]{1,512})/i.exec(search)?.[1] ?? '') : pathname;
  const [first = ''] = written.replaceAll(/%40/gi, '@').split(/,|%2c/i, 1);
  return registrableHost(first.slice(first.lastIndexOf('@') + 1).replace(/[.>]$/, ''));
}
