import type { EngineKind } from '#platform/engine.ts';
import type { AttachmentKind } from './attachment-kind.ts';
import type { FileFindings } from './file-reading.ts';

/** A file that is to be looked into. */
export interface AttachmentRequest {
  readonly kind: AttachmentKind;
  readonly bytes: Uint8Array;
}

/** Looks into attached files; what it needs for that is loaded in its own thread only. */
export const attachmentEngine: EngineKind<AttachmentRequest, FileFindings> = {
  name: 'attachments',
  module: new URL('./look-into.ts', import.meta.url).href,
};
