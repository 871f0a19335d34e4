import { splitSubaddress } from '#mail/address.ts';
import { letterSkeleton, withoutInvisible } from '#mail/look-alike.ts';

/** Local parts that every domain has and that go to its administrators (S-03, RFC 2142; TLS-RPT and DMARC reports). */
export const reservedNames: ReadonlySet<string> = new Set([
  'postmaster',
  'abuse',
  'hostmaster',
  'webmaster',
  'security',
  'noc',
  'admin',
  'administrator',
  'root',
  'mailer-daemon',
  'noreply',
  'no-reply',
  'dmarc-reports',
  'tls-reports',
]);

const separators = /[._\-\s]/g;

/** Reserved in any case, Unicode compatibility form and with any `+tag`. Returns the name. */
export function reservedName(local: string): string | undefined {
  const base = splitSubaddress(plain(local)).user;
  return reservedNames.has(base) ? base : undefined;
}

/** Of ASCII nothing shows nothing, and each character is its own form. */
function plain(local: string): string {
  if (visibleAscii.test(local)) return local.toLowerCase();
  return withoutInvisible(local.normalize('NFKC').toLowerCase()).trim();
}

const visibleAscii = /^[!-~]*$/;

/** Would a reader take it for a reserved name? Refused when addresses are made (S-03). */
export function looksReserved(local: string): boolean {
  return reservedName(local) !== undefined || reservedSkeletons.has(skeleton(local));
}

/** Two local parts with one skeleton look alike. */
function skeleton(local: string): string {
  const folded = withoutInvisible(local.normalize('NFKD')).toLowerCase();
  const base = splitSubaddress(folded).user;
  return letterSkeleton(base.replace(separators, ''));
}

const reservedSkeletons: ReadonlySet<string> = new Set([...reservedNames].map(skeleton));
