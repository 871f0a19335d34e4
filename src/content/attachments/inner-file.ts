import type { AttachmentKind } from './attachment-kind.ts';

/** A file that is looked into, and where it lies. */
export interface GivenFile {
  readonly bytes: Uint8Array;
  /** The way to it through other files; empty for an attachment itself. */
  readonly inside: string;
  readonly depth: number;
}

/** A file that another file holds. */
export interface InnerFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Told by its holder; else by its beginning. */
  readonly kind?: AttachmentKind;
}

/** Hands on what a file holds. */
export type PassFile = (file: InnerFile) => Promise<void>;
