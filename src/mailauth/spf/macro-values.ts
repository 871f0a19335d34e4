import { unreachable } from '#base/result.ts';
import { addressLabels } from '../address-bytes.ts';
import type { MacroValues } from './expand-macros.ts';
import type { SpfEvaluation } from './spf-evaluation.ts';

/** What the macro letters stand for (RFC 7208 §7.2) in the record of `domain`. */
export function macroValues(
  { client, input, sender, world }: SpfEvaluation,
  { domain, clientName }: { readonly domain: string; readonly clientName: string },
): MacroValues {
  // RFC 8616 §4: what looks at a local part that is not ASCII does not match.
  const local = isAscii(sender.local) ? sender.local : undefined;
  return (letter) => {
    switch (letter) {
      case 's':
        return local === undefined ? undefined : `${local}@${sender.domain ?? ''}`;
      case 'l':
        return local;
      case 'o':
        return sender.domain;
      case 'd':
        return domain;
      case 'i':
        return addressLabels(client).join('.').toUpperCase();
      case 'p':
        return clientName;
      case 'v':
        return client.length === 4 ? 'in-addr' : 'ip6';
      case 'h':
        return input.helo.slice(0, heloCharsMax);
      case 'c':
        return input.address;
      case 'r':
        return world.receiver;
      case 't':
        return String(Math.floor(world.clock.now() / 1000));
      default:
        return unreachable(letter);
    }
  };
}

export function isAscii(text: string): boolean {
  return /^\p{ASCII}*$/u.test(text);
}

/** RFC 5321 §4.5.3.1.2. */
const heloCharsMax = 255;
