import type { Cursor } from '../grammar/cursor.ts';
import { formatDateTime } from '../grammar/dates.ts';
import { isAtomCharacter } from '../grammar/strings.ts';
import { formatBodyStructure } from '../response/body-structure.ts';
import { formatEnvelope } from '../response/envelope.ts';
import { binaryPart, binarySizePart } from './binary-item.ts';
import { bodyPart } from './body-item.ts';
import { rowOf } from './item.ts';
import type { FetchedMessage, FetchItem, FetchPart } from './item.ts';
import { partial, section, sectionBinary } from './section.ts';
import type { Section } from './section.ts';

function simple(
  name: string,
  needs: FetchPart['needs'],
  value: (message: FetchedMessage) => string,
): FetchItem {
  const part: FetchPart = {
    needs,
    keptAs: name,
    write: (out, message) => {
      out.text(`${name} ${value(message)}`);
      return undefined;
    },
  };
  return { name, read: () => part };
}

function summaryItem(
  name: string,
  value: (summary: NonNullable<ReturnType<typeof rowOf>['summary']>) => string,
): FetchItem {
  return simple(name, ['summary'], (message) => {
    const { summary } = rowOf(message);
    if (summary === undefined) throw new Error('a summary was needed and not read');
    return value(summary);
  });
}

const flags: FetchItem = {
  name: 'FLAGS',
  read: () => ({
    needs: [],
    tellsFlags: true,
    write: (out, message) => {
      out.text(`FLAGS (${message.world.selected.view.flagText(message.bits)})`);
      return undefined;
    },
  }),
};

/** UID FETCH tells it unasked. */
export const uidPart: FetchPart = {
  needs: [],
  tellsUid: true,
  write: (out, message) => {
    out.text(`UID ${message.uid}`);
    return undefined;
  },
};

const uid: FetchItem = { name: 'UID', read: () => uidPart };

/** BODY is the structure without extensions; with a section it is bytes. */
const body: FetchItem = {
  name: 'BODY',
  read: (cursor) => {
    if (cursor.peek() !== '[') return bodyStructureShort.read(cursor);
    return bodyPart({ name: 'BODY', section: section(cursor), partial: partial(cursor), setsSeen: true });
  },
};

const bodyPeek: FetchItem = {
  name: 'BODY.PEEK',
  read: (cursor) =>
    bodyPart({ name: 'BODY', section: section(cursor), partial: partial(cursor), setsSeen: false }),
};

const bodyStructureShort = summaryItem('BODY', (summary) =>
  formatBodyStructure(summary.structure, { extended: false }),
);

const binary: FetchItem = {
  name: 'BINARY',
  provides: ['BINARY'],
  read: (cursor) => binaryPart({ section: sectionBinary(cursor), partial: partial(cursor), setsSeen: true }),
};

const binaryPeek: FetchItem = {
  name: 'BINARY.PEEK',
  provides: ['BINARY'],
  read: (cursor) => binaryPart({ section: sectionBinary(cursor), partial: partial(cursor), setsSeen: false }),
};

const binarySize: FetchItem = {
  name: 'BINARY.SIZE',
  provides: ['BINARY'],
  read: (cursor) => binarySizePart(sectionBinary(cursor)),
};

/** RFC 3501 only: the same bytes under older names. */
function rfc822(name: string, text: Section['text'], setsSeen: boolean): FetchItem {
  const part = bodyPart({ name, section: { path: [], text, label: '' }, partial: undefined, setsSeen });
  return { name, read: () => part };
}

export const fetchItems: readonly FetchItem[] = [
  flags,
  uid,
  simple('INTERNALDATE', ['row'], (message) => formatDateTime(rowOf(message).internalDateMs)),
  simple('RFC822.SIZE', ['row'], (message) => String(rowOf(message).sizeBytes)),
  summaryItem('ENVELOPE', (summary) => formatEnvelope(summary.envelope)),
  summaryItem('BODYSTRUCTURE', (summary) => formatBodyStructure(summary.structure, { extended: true })),
  body,
  bodyPeek,
  binary,
  binaryPeek,
  binarySize,
  rfc822('RFC822', undefined, true),
  rfc822('RFC822.HEADER', 'HEADER', false),
  rfc822('RFC822.TEXT', 'TEXT', true),
];

const byName = new Map(fetchItems.map((item) => [item.name, item]));

/** RFC 9051 §6.4.5; only alone, not within a list. */
const macros: ReadonlyMap<string, readonly string[]> = new Map([
  ['FAST', ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE']],
  ['ALL', ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE']],
  ['FULL', ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE', 'BODY']],
]);

/** One `fetch-att`. */
export function fetchItem(cursor: Cursor): FetchPart {
  const start = cursor.at;
  const name = cursor.run((code) => code !== 0x5b && isAtomCharacter(code)).toUpperCase();
  const item = byName.get(name);
  if (item !== undefined) return item.read(cursor);
  cursor.at = start;
  return cursor.fail('a fetch item');
}

/** A macro stands alone; `undefined` if there is none here. */
export function fetchMacro(cursor: Cursor): readonly FetchPart[] | undefined {
  const start = cursor.at;
  const names = macros.get(cursor.run(isAtomCharacter).toUpperCase());
  if (names === undefined) {
    cursor.at = start;
    return undefined;
  }
  return names.map((name) => byName.get(name)?.read(cursor)).filter((part) => part !== undefined);
}
