/** The prefix binds it to this host, over TLS or on the machine itself, for all paths (RFC 6265bis §4.1.3.2). */
export const cookieName = '__Host-postern-admin';

const attributes = 'Path=/; Secure; HttpOnly; SameSite=Strict';

export function setCookie(id: string): string {
  return `${cookieName}=${id}; ${attributes}`;
}

export const dropCookie = `${cookieName}=; ${attributes}; Max-Age=0`;

/** The id in a Cookie field; of two, neither is believed. */
export function cookieId(field: string | undefined): string | undefined {
  const found = (field ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${cookieName}=`))
    .map((pair) => pair.slice(cookieName.length + 1));
  const [id] = found;
  return found.length === 1 && id !== undefined && /^[\w-]{43}$/.test(id) ? id : undefined;
}
