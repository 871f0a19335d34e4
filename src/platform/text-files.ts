import type { Result } from '#base/result.ts';

/** What a file looked like; another one, or a change, has another stamp. */
export interface FileStamp {
  readonly sizeBytes: number;
  /** Wall clock of its last change. */
  readonly changedMs: number;
  /** Tells one file of that name from the next. */
  readonly id: string;
}

/** Files that an administrator names, read in pieces. Nothing is written. */
export interface TextFiles {
  /** In a word why not: `ENOENT`. */
  stamp(path: string): Promise<Result<FileStamp, string>>;
  /** Throws where it cannot be read to its end. */
  read(path: string): AsyncIterable<Uint8Array>;
}
