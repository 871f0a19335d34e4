import { findAttributeLinks } from '../links/find-html-links.ts';
import type { EmbeddedFile, HtmlReading } from '../links/find-html-links.ts';
import { findTextLinks } from '../links/find-text-links.ts';
import type { LinkCandidate } from '../links/link-candidate.ts';
import { charsetOf, leafLinks } from '../links/leaf-text.ts';
import { htmlToText } from '#mail/html-text.ts';
import { attachmentKind, unreadKind } from './attachment-kind.ts';
import type { AttachmentKind } from './attachment-kind.ts';
import { fileBounds } from './file-bounds.ts';
import type { FileReading } from './file-reading.ts';
import { readImage } from './image/read-image.ts';
import { readInnerMessage } from './read-inner-message.ts';
import type { GivenFile, InnerFile, PassFile } from './inner-file.ts';
import { joinedWay } from './joined-way.ts';
import { readPdf } from './pdf/read-pdf.ts';
import { textForm } from './text-form.ts';
import { readZip } from './zip/read-zip.ts';

/** Looks into a file of a kind that is known. */
export async function readKind(kind: AttachmentKind, file: GivenFile, reading: FileReading): Promise<void> {
  const { bytes, inside, depth } = file;
  const pass: PassFile = (inner) =>
    readFile(inner, { bytes: inner.bytes, inside: joinedWay(inside, inner.name), depth: depth + 1 }, reading);
  switch (kind) {
    case 'zip':
      await readZip(bytes, { reading, inside, pass });
      break;
    case 'pdf':
      await readPdf(bytes, { reading, inside, pass });
      break;
    case 'message':
      await readInnerMessage(file, reading, pass);
      break;
    default:
      await readImage(kind, bytes, { reading, inside });
  }
}

/** Looks into a file by its name and its beginning. */
export async function readFile(
  { name, kind: told }: Pick<InnerFile, 'name' | 'kind'>,
  file: GivenFile,
  reading: FileReading,
): Promise<void> {
  const { bytes, inside, depth } = file;
  if (depth > fileBounds.depthMax) {
    reading.miss('files in files, deeper than is read', inside);
    return;
  }
  const declared = { type: '', name };
  const kind = told ?? attachmentKind(declared, bytes);
  if (kind !== undefined) await readKind(kind, file, reading);
  else if (/\.(?:xml|rels)$/i.test(name)) reading.take(documentLinks(bytes), inside);
  else await readText(name, file, reading);
}

async function readText(name: string, file: GivenFile, reading: FileReading): Promise<void> {
  const { bytes, inside } = file;
  const form = textForm({ type: '', name }, bytes);
  if (form === undefined) {
    const unread = unreadKind(bytes);
    if (unread !== undefined) reading.miss(`${unread} is not looked into`, inside);
    return;
  }
  const part = { type: 'text', subtype: 'plain', parameters: [] };
  const embedded: EmbeddedFile[] = [];
  const hears: HtmlReading = {
    embedded: (one) => void (embedded.length < fileBounds.imagesMax && embedded.push(one)),
  };
  reading.take(leafLinks(bytes, { part, form, charset: charsetOf(part, bytes) }, hears), inside);
  for (const { base64 } of embedded)
    await readFile(
      { name: '' },
      { ...file, bytes: Buffer.from(base64, 'base64'), depth: file.depth + 1 },
      reading,
    );
}

/** Of a part of an office document: what its attributes lead to, and its words; its namespaces are everywhere. */
function* documentLinks(bytes: Uint8Array): Iterable<LinkCandidate> {
  const text = Buffer.from(bytes).toString('utf8');
  yield* findAttributeLinks(text);
  yield* findTextLinks(htmlToText(text));
}
