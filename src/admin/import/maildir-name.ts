import { decodeModifiedUtf7 } from '#protocols/imap/grammar/modified-utf7.ts';

/** What a Maildir's file and folder names tell. */

const letterFlags: ReadonlyMap<string, string> = new Map([
  ['S', '\\Seen'],
  ['R', '\\Answered'],
  ['F', '\\Flagged'],
  ['T', '\\Deleted'],
  ['D', '\\Draft'],
]);

/** `1700000000.M1P2.host:2,RS` → `\Answered`, `\Seen`. */
export function flagsOfName(name: string): readonly string[] {
  const info = /:2,([A-Za-z]*)$/.exec(name)?.[1] ?? '';
  return Array.from(info).flatMap((letter) => letterFlags.get(letter) ?? []);
}

/** Maildir++: `.Lists.Postern` → `Lists/Postern`; servers keep the names as IMAP spells them, others as they are. */
export function mailboxOfFolder(folder: string): string {
  return folder
    .replace(/^\./, '')
    .split('.')
    .filter((level) => level !== '')
    .map((level) => (decodeModifiedUtf7(level) ?? level).replaceAll('/', '_'))
    .join('/');
}
