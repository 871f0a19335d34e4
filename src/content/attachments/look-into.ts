import type { AttachmentRequest } from './attachment-request.ts';
import { FileReading } from './file-reading.ts';
import type { FileFindings } from './file-reading.ts';
import { readKind } from './read-file.ts';

/** Looks into one attached file and all that is inside (`attachmentEngine`). Never throws; bounded but for the time. */
export async function run({ kind, bytes }: AttachmentRequest): Promise<FileFindings> {
  const reading = new FileReading();
  await readKind(kind, { bytes, inside: '', depth: 0 }, reading);
  return reading.findings();
}
