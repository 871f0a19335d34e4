import type { Network } from '#base/client-address.ts';
import { err, ok } from '#base/result.ts';
import { defaulted, optional, required } from '#config/key.ts';
import { boolean } from '#config/kinds/boolean.ts';
import { duration } from '#config/kinds/duration.ts';
import { string } from '#config/kinds/string.ts';
import type { LocalListName, LocalSubject } from '#policy/local-lists/local-entry.ts';
import { cleanForeignText } from '#trace/foreign-text.ts';
import type { AdminWorld } from '../world.ts';
import { adminError } from '../errors.ts';
import type { AnyOperation } from '../operation.ts';
import { operation } from '../operation.ts';
import { localSubjectKind } from './local-subject.ts';
import { listWords, showEntry } from './show-entry.ts';

/** Wider than this is said twice. */
const bitsMin = { ipv4: 16, ipv6: 32 };

const meanings: Readonly<Record<LocalListName, string>> = {
  block: 'Refuse mail from an address, a network, a domain or a sender.',
  allow:
    'Spare an address, a network, a domain or a sender lists, greylisting and scores; a domain or sender only with proof (SPF, a signature or DMARC). What speaks of forgery, relaying or syntax still counts.',
};

function addEntry(list: LocalListName): AnyOperation {
  return operation({
    name: `${list}list add`,
    meaning: meanings[list],
    input: {
      entry: required(localSubjectKind, { meaning: 'Whom it is about.', requirements: ['P-24', 'P-26'] }),
      for: optional(duration({ minMs: 60_000, maxMs: 3650 * 86_400_000 }), {
        meaning: 'For how long; without it, until it is removed.',
      }),
      reason: optional(string({ lengthMin: 1, lengthMax: 200 }), {
        meaning: 'Why, for those who look later.',
      }),
      wide: defaulted(boolean, false, {
        meaning:
          'Also for a network wider than /16 of IPv4 or /32 of IPv6, and, on the allow list, for a whole network by number or a country.',
      }),
    },
    harmless: true,
    async preview(_world, { entry }) {
      return ok([`${entry.value} would come onto the ${listWords[list]}.`]);
    },
    async run(world, { entry, for: forMs, reason, wide }) {
      if (isWide(list, entry) && !wide)
        return err(
          adminError('value-invalid', `${entry.value} is very wide: say --wide if it is meant`, 'entry'),
        );
      const note = reason === undefined ? undefined : cleanForeignText(reason);
      const added = world.lists.local.add({
        list,
        subject: entry,
        origin: 'administrator',
        reason: note,
        forMs,
      });
      if (added === 'full')
        return err(
          adminError('conflict', `the ${listWords[list]} has no room for more of these`, entry.value),
        );
      await world.lists.kept();
      return ok({ ...showEntry(added), warning: originWarning(entry, world) });
    },
    render: ({ entry, until, warning }) => [
      `${entry} is on the ${listWords[list]} ${until === null ? 'until it is removed' : `until ${until}`}.`,
      ...(warning === null ? [] : [`But ${warning}`]),
    ],
  });
}

/** P-24: without a table nobody knows whose network an address lies in. */
function originWarning({ kind }: LocalSubject, { lists }: AdminWorld): string | null {
  if ((kind !== 'asn' && kind !== 'country') || lists.files.knowsOrigins(kind)) return null;
  return 'it matches nobody until lists.network_files names a table of networks that says so: see docs/guide/lists.md.';
}

function isWide(list: LocalListName, { kind, value }: LocalSubject): boolean {
  if (list === 'allow' && (kind === 'asn' || kind === 'country')) return true;
  if (kind !== 'network') return false;
  const network: Network = value;
  const bits = Number(network.slice(network.indexOf('/') + 1));
  return bits < (network.includes(':') ? bitsMin.ipv6 : bitsMin.ipv4);
}

export const blocklistAdd = addEntry('block');
export const allowlistAdd = addEntry('allow');
