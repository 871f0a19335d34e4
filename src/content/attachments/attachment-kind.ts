import { asBuffer } from '#mail/octets.ts';

/** Attachments that are looked into as a whole. */
export type AttachmentKind = 'pdf' | 'zip' | 'png' | 'jpeg' | 'gif' | 'message';

/** What a sender says of a file; neither has to be true. */
export interface DeclaredFile {
  /** `application/pdf`, lower case. */
  readonly type: string;
  readonly name: string;
}

/** So many octets of a file tell what it is; RFC 8118 §8 and readers of PDF allow its mark anywhere in the first 1024. */
export const headBytes = 1_024;

/** The first octet of a file that has one of those marks, so that a text is not looked at for them. */
const magicStarts: ReadonlySet<number | undefined> = new Set([0x50, 0x89, 0xff, 0x47]);
const pdfMark = Buffer.from('%PDF-');

/** First octets, in hexadecimal. */
const magic: readonly (readonly [mark: RegExp, kind: AttachmentKind])[] = [
  [/^504b0(?:304|506)/, 'zip'],
  [/^89504e470d0a1a0a/, 'png'],
  [/^ffd8ff/, 'jpeg'],
  [/^47494638/, 'gif'],
];

/** Containers and pictures that may hold links, and that nothing here reads. */
const unread: readonly (readonly [mark: RegExp, title: string])[] = [
  [/^526172211a/, 'a RAR archive'],
  [/^377abcaf271c/, 'a 7-Zip archive'],
  [/^1f8b/, 'a gzip file'],
  [/^d0cf11e0a1b11ae1/, 'an OLE document'],
  [/^789f3e22/, 'a TNEF file'],
  [/^52494646.{8}57454250/, 'a WebP image'],
  [/^424d.{20,24}(?:0c|28|6c|7c)000000/, 'a BMP image'],
  [/^(?:49492a00|4d4d002a)/, 'a TIFF image'],
  [/^.{8}66747970(?:68656963|68656978|6d696631|61766966)/, 'a HEIF image'],
];

/** So many of them tell what a file is. */
const magicBytes = 24;

function beginning(head: Uint8Array): string {
  return asBuffer(head).toString('hex', 0, Math.min(magicBytes, head.length));
}

/** What a file is, by its first octets before its name and type. `undefined`: nothing that is looked into. */
export function attachmentKind({ type, name }: DeclaredFile, head: Uint8Array): AttachmentKind | undefined {
  if (magicStarts.has(head[0])) {
    const first = beginning(head);
    for (const [mark, kind] of magic) if (mark.test(first)) return kind;
  }
  if (asBuffer(head).subarray(0, headBytes).includes(pdfMark)) return 'pdf';
  if (type === 'message/rfc822' || type === 'message/global' || /\.(?:eml|mht|mhtml)$/i.test(name))
    return 'message';
  // A program in front of an archive; its directory is at its end.
  if (/[/+](?:x-)?zip(?:-compressed)?$/.test(type) || /\.(?:zip|docx|xlsx|pptx)$/i.test(name)) return 'zip';
  return undefined;
}

/** A kind of file that cannot be looked into, in words, so that a trace can say so. */
export function unreadKind(head: Uint8Array): string | undefined {
  const first = beginning(head);
  return unread.find(([mark]) => mark.test(first))?.[1];
}
