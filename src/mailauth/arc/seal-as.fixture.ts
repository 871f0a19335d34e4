import { splitHeader } from '#mail/header.ts';
import { CanonicalHeader } from '../dkim/canonical-header.ts';
import { signAs, signText } from '../dkim/sign-as.fixture.ts';
import type { SignAs, TestKey } from '../dkim/sign-as.fixture.ts';
import { relaxedField } from '../relaxed-field.ts';

export interface SealAs {
  readonly key: TestKey;
  readonly instance: number;
  /** Of seal and message signature; the selector is `s`. */
  readonly domain: string;
  /** Of the seal; `none` for the first, else `pass`. */
  readonly chainValue?: string;
  /** Of ARC-Authentication-Results. */
  readonly results?: string;
  readonly signatureTags?: SignAs['tags'];
}

/** Puts an ARC set in front of a message, as a handler does that has the right key. */
export function sealAs(message: string, seal: SealAs): string {
  const { key, instance, domain } = seal;
  const results = `ARC-Authentication-Results: i=${instance}; ${seal.results ?? `${domain}; none`}\r\n`;
  const tags = { v: undefined, i: String(instance), d: domain, ...seal.signatureTags };
  const signed = signAs(results + message, { key, tags, name: 'ARC-Message-Signature' });
  const chainValue = seal.chainValue ?? (instance === 1 ? 'none' : 'pass');
  const unsigned = `ARC-Seal: i=${instance}; a=${key.algorithm}; cv=${chainValue}; d=${domain}; s=s; b=`;
  return `${unsigned}${signText(sealed(signed, instance) + relaxedField(unsigned), key)}\r\n${signed}`;
}

/** The fields of all sets in order, without the new seal. */
function sealed(message: string, instance: number): string {
  const header = new CanonicalHeader(splitHeader(Buffer.from(message, 'latin1')));
  const names = ['arc-authentication-results', 'arc-message-signature', 'arc-seal'];
  const fields = Array.from({ length: instance }, (_, index) =>
    names.flatMap((name) =>
      header
        .fields(name)
        .filter((field) => header.text(field).includes(`i=${index + 1};`))
        .map((field) => header.canonical(field, 'relaxed')),
    ),
  );
  return fields.flat().join('');
}
