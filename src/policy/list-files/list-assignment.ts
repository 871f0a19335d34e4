import { err, ok } from '#base/result.ts';
import type { Kind } from '#config/kind.ts';
import { problem, shown } from '#config/kind.ts';
import { parseDomain } from '#mail/domain.ts';
import { isOwnZone } from '../lists/own-zones.ts';

/** What is set for one list: `LIST=VALUE`. */
export interface ListAssignment<T> {
  /** The name of a ready-made list, or the zone of another. */
  readonly list: string;
  readonly value: T;
}

/** `names`: of the ready-made lists; other lists are named by their zone. */
export function listAssignment<T>(names: readonly string[], value: Kind<T>): Kind<ListAssignment<T>> {
  const description = `a list (one of ${names.join(', ')}, or a zone), "=", and ${value.description}`;
  return {
    description,
    read(given) {
      const [, list = '', text = ''] = typeof given === 'string' ? (/^([^=]+)=(.+)$/.exec(given) ?? []) : [];
      const read = value.read(value.fromText(text.trim()));
      const name = listName(names, list.trim());
      return read.ok && name !== undefined
        ? ok({ list: name, value: read.value })
        : err(problem(`must be ${description}, not ${shown(given)}`));
    },
    fromText: (text) => text,
    write: (assigned) => `${assigned.list}=${String(value.write(assigned.value))}`,
  };
}

function listName(names: readonly string[], text: string): string | undefined {
  if (names.includes(text)) return text;
  const zone = parseDomain(text);
  return zone.ok && isOwnZone(zone.value) ? zone.value : undefined;
}
