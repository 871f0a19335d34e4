import { isMachineName } from './own-host.ts';

/** RFC 6797: a year. */
const hstsSeconds = 365 * 86_400;

/** S-14: nothing but our own stylesheet and forms, in nobody's frame, kept nowhere. */
const always: Readonly<Record<string, string>> = {
  'Content-Security-Policy':
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  // Nothing to others. With `no-referrer` browsers would say of our own forms too that they come from nowhere.
  'Referrer-Policy': 'same-origin',
  'Cache-Control': 'no-store',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
  'X-Robots-Tag': 'noindex',
};

/** What every answer carries, whatever it is. */
export function responseHeaders(at: {
  readonly host: string | undefined;
  readonly isEncrypted: boolean;
}): Readonly<Record<string, string>> {
  if (!at.isEncrypted || isMachineName(at.host)) return always;
  return { ...always, 'Strict-Transport-Security': `max-age=${hstsSeconds}` };
}
