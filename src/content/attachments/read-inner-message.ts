import { HeldRoom } from './held-files.ts';
import type { FileReading } from './file-reading.ts';
import type { GivenFile, PassFile } from './inner-file.ts';
import { MessageLinkReader } from '../links/message-links.ts';

/** A message that is attached as a file, or encoded: its links, and the files that are attached to it. */
export async function readInnerMessage(
  { bytes, inside }: GivenFile,
  reading: FileReading,
  pass: PassFile,
): Promise<void> {
  const where = inside === '' ? 'the message in it' : inside;
  const reader = new MessageLinkReader(new HeldRoom(), {
    heard: (link) => reading.take([link], where),
  });
  reader.push(bytes);
  const files = reader.finish();
  for (const why of reader.result().unread) reading.miss(why, where);
  for (const { name, kind, bytes: content } of files) await pass({ name, kind, bytes: content });
  reader.release();
}
