import type { Engine, EngineTrouble } from '#platform/engine.ts';
import type { Clock } from '#platform/clock.ts';
import type { AttachmentRequest } from '../attachments/attachment-request.ts';
import type { FileFindings } from '../attachments/file-reading.ts';
import type { AttachedFile, MessageLinkReader } from './message-links.ts';

export type AttachmentEngine = Engine<AttachmentRequest, FileFindings>;

/** P-28: looking into the files of one message takes no longer … */
export const filesMs = 2_500;
/** … and into one of them. */
const fileMs = 1_500;

const troubleWords: Readonly<Record<EngineTrouble, string>> = {
  busy: 'not looked into: too many files were waiting',
  timeout: 'looking into it took too long',
  failed: 'looking into it failed',
};

/**
 * Has the files of a message looked into, one after the other so that those of others have their turn, and hands the reader
 * what was found; where it could not be, that.
 */
export async function readAttachedLinks(
  reader: MessageLinkReader,
  files: readonly AttachedFile[],
  {
    engine,
    clock,
  }: { readonly engine: AttachmentEngine | undefined; readonly clock: Pick<Clock, 'monotonic'> },
): Promise<void> {
  const endMs = clock.monotonic() + filesMs;
  for (const file of files) {
    const leftMs = Math.min(fileMs, endMs - clock.monotonic());
    if (engine === undefined) reader.unread(file.part, 'files are not looked into here');
    else if (leftMs <= 0) reader.unread(file.part, 'no time was left to look into it');
    else await readOne(reader, file, { engine, leftMs });
  }
}

async function readOne(
  reader: MessageLinkReader,
  file: AttachedFile,
  { engine, leftMs }: { readonly engine: AttachmentEngine; readonly leftMs: number },
): Promise<void> {
  const { kind, bytes, part } = file;
  // A copy of its own: what is sent to a thread takes all memory along that lies around it.
  const answer = await engine.run({ kind, bytes: new Uint8Array(bytes) }, leftMs);
  if (!answer.ok) {
    reader.unread(part, troubleWords[answer.error]);
    return;
  }
  for (const { link, inside } of answer.value.links) reader.takeFrom(file, link, inside);
  for (const why of answer.value.unread) reader.unread(part, why);
}
