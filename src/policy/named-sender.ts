import { parseNetwork } from '#base/client-address.ts';
import { err, ok } from '#base/result.ts';
import type { Kind } from '#config/kind.ts';
import { problem, shown } from '#config/kind.ts';
import { parseDomain } from '#mail/domain.ts';
import type { Domain } from '#mail/domain.ts';

/** Somebody who may send in the name of a domain without its own proof (P-18), and how it is known that it is they. */
export interface NamedSender {
  /** In whose name: exactly this domain. */
  readonly domain: Domain;
  /** A network of clients, with a slash; or a domain that a signature, SPF or the confirmed reverse name proves. */
  readonly proof: string;
  /** The administrator's words; empty where none were given. */
  readonly reason: string;
}

const reasonCharsMax = 200;
const description =
  'a domain, how its sender is known (an address, a network, or a domain that it proves), and a reason: "example.org mailer.example our newsletter"';

/** Parted by spaces; the reason may hold more of them. */
export const namedSenderKind: Kind<NamedSender> = {
  description,
  read(value) {
    const text = typeof value === 'string' ? value.trim() : '';
    const [inName = '', by = '', ...reason] = text.split(/\s+/);
    const domain = parseDomain(inName, { allowUnicode: true });
    const proof = proofOf(by);
    if (!domain.ok || proof === undefined) return err(problem(`must be ${description}, not ${shown(value)}`));
    return ok({ domain: domain.value, proof, reason: reason.join(' ').slice(0, reasonCharsMax) });
  },
  fromText: (text) => text.trim(),
  write: ({ domain, proof, reason }) => `${domain} ${proof} ${reason}`.trim(),
};

function proofOf(text: string): string | undefined {
  const network = parseNetwork(text);
  if (network !== undefined) return network;
  const domain = parseDomain(text, { allowUnicode: true });
  // A top-level label would name half of the world.
  return domain.ok && domain.value.includes('.') ? domain.value : undefined;
}
