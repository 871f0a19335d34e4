import { latin1Text } from '#mail/octets.ts';
import type { DeclaredFile } from './attachment-kind.ts';

/** How a text is read: its words; its markup too; with the folded lines of calendars and cards joined. */
export type TextForm = 'words' | 'markup' | 'folded';

const markupType = /^(?:text\/(?:html|xml|x-amp-html)|.{1,80}\+xml|application\/(?:xml|xhtml|hta))$/;
const markupName = /\.(?:[xsp]?html?|svgz?|xml|webloc|hta|xht|mht|rdf|rss|atom|plist|search-ms|library-ms)$/i;
const foldedType =
  /^(?:text\/(?:calendar|vcard|x-vcard|x-vcalendar|directory)|application\/(?:ics|vcard|calendar))$/;
const foldedName = /\.(?:ics|vcs|vcf|ifb)$/i;
const wordsType =
  /^(?:text\/.{1,80}|application\/(?:rtf|x-mswinurl|x-url|internet-shortcut|json|javascript|x-javascript|ecmascript))$/;
const wordsName =
  /\.(?:txt|url|website|desktop|lnk|rtf|csv|md|js|jse|vbs|wsf|ps1|bat|cmd|sh|json|log|iqy|slk)$/i;
const markupHead =
  /^(?:\u00ef\u00bb\u00bf)?\s{0,200}<(?:!doctype|html|head|body|svg|script|\?xml|meta|a\s|img\s|table|div|p>|iframe)/i;

const shortcutMark = '[InternetShortcut]';

/** White space, `<`, or the first octet of a byte order mark. */
function mayBeMarkup(head: Uint8Array): boolean {
  const first = head[0] ?? 0;
  return first <= 0x20 || first === 0x3c || first === 0xa0 || first === 0xef;
}

/** How a file is read as text, by what it is said to be and by how it begins; `undefined`: not at all. */
export function textForm({ type, name }: DeclaredFile, head: Uint8Array): TextForm | undefined {
  if (markupType.test(type) || (name !== '' && markupName.test(name))) return 'markup';
  if (foldedType.test(type) || (name !== '' && foldedName.test(name))) return 'folded';
  const text = latin1Text(head.subarray(0, mayBeMarkup(head) ? 512 : shortcutMark.length));
  // Markup that calls itself something else is shown as markup by some.
  if (markupHead.test(text)) return 'markup';
  if (wordsType.test(type) || wordsName.test(name) || text.startsWith(shortcutMark)) return 'words';
  return undefined;
}
