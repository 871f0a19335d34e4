import { parseDomain } from '#mail/domain.ts';
import { nameBytesMax } from '../dns-name.ts';
import { senderCharsMax } from './spf-limits.ts';
import type { SpfIdentity, SpfInput } from './spf-outcome.ts';
import { targetName } from './target-name.ts';

/** `<sender>` of `check_host()` (RFC 7208 §4.1). */
export interface SpfSender {
  readonly identity: SpfIdentity;
  readonly local: string;
  /** As A-labels (RFC 8616 §4); undefined when it is no name of several labels, and the result is `none` (§4.3). */
  readonly domain: string | undefined;
  /** What stands in the place of the domain. */
  readonly written: string;
}

/** RFC 7208 §2.3, §2.4 and §4.3: a missing local part is `postmaster`. */
export function spfSender({ helo, mailFrom }: SpfInput, identity: SpfIdentity): SpfSender {
  const at = identity === 'helo' ? -1 : mailFrom.lastIndexOf('@');
  const local = at <= 0 ? 'postmaster' : mailFrom.slice(0, at);
  const written = identity === 'helo' ? helo : mailFrom.slice(at + 1);
  const tooLong = local.length + 1 + written.length > senderCharsMax;
  return { identity, local, domain: tooLong ? undefined : identityDomain(written), written };
}

/** Underscores are no part of a host's name, but occur in HELO and can be asked for. */
function identityDomain(written: string): string | undefined {
  const ascii = /^\p{ASCII}*$/u.test(written) ? written : aLabels(written);
  if (ascii === undefined || ascii.length > nameBytesMax + 1) return undefined;
  const name = targetName(ascii);
  return name !== undefined && /^[a-z0-9_.-]+$/.test(name) ? name : undefined;
}

function aLabels(written: string): string | undefined {
  const domain = parseDomain(written, { allowUnicode: true });
  return domain.ok ? domain.value : undefined;
}
