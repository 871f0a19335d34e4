import type { Result } from '#base/result.ts';
import { err } from '#base/result.ts';
import type { Clock } from '#platform/clock.ts';
import type { FileStamp, TextFiles } from '#platform/text-files.ts';
import { fileLines } from './file-lines.ts';

/** S-09: larger files are not read. */
export const fileBytesMax = 512 * 1024 * 1024;

export interface KeptFileParts<T> {
  readonly path: string;
  readonly files: TextFiles;
  readonly clock: Pick<Clock, 'now'>;
  /** In words why it is not believed; a file that is wrong leaves the one before it in use. */
  readonly parse: (lines: AsyncIterable<readonly string[]>) => Promise<Result<T, string>>;
  /** Told once of each new problem, and of its end with `undefined`. */
  readonly troubled?: (path: string, problem: string | undefined) => void;
}

/** How a file does. */
export interface FileReport {
  readonly path: string;
  /** Wall clock of its last change, as it is in use. */
  readonly changedMs: number | undefined;
  readonly problem: string | undefined;
}

/** What one file says, read again when it changes. */
export class KeptFile<T> {
  readonly #parts: KeptFileParts<T>;
  #value: T | undefined;
  #used: FileStamp | undefined;
  #tried: string | undefined;
  #problem: string | undefined;
  #reading: Promise<void> | undefined;

  constructor(parts: KeptFileParts<T>) {
    this.#parts = parts;
  }

  /** `undefined`: it has never been read. */
  get value(): T | undefined {
    return this.#value;
  }

  get report(): FileReport {
    return { path: this.#parts.path, changedMs: this.#used?.changedMs, problem: this.#problem };
  }

  /** Reads it, if it is another one than before; one reading at a time. */
  refresh(): Promise<void> {
    this.#reading ??= this.#refresh().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #refresh(): Promise<void> {
    const { files, path } = this.#parts;
    const stamp = await files.stamp(path);
    if (!stamp.ok) {
      // When it is there again it is read again.
      this.#tried = undefined;
      return this.#become(stamp.error);
    }
    const tried = `${stamp.value.id} ${stamp.value.sizeBytes} ${stamp.value.changedMs}`;
    if (tried === this.#tried) return;
    const read = await this.#read(stamp.value);
    this.#tried = tried;
    if (read.ok) {
      this.#value = read.value;
      this.#used = stamp.value;
    }
    this.#become(read.ok ? undefined : read.error);
  }

  async #read({ sizeBytes }: FileStamp): Promise<Result<T, string>> {
    const { files, path, parse } = this.#parts;
    if (sizeBytes > fileBytesMax) return err(`it is larger than ${fileBytesMax} bytes`);
    try {
      return await parse(fileLines(files.read(path)));
    } catch (error) {
      return err(error instanceof Error && 'code' in error ? String(error.code) : 'it cannot be read');
    }
  }

  #become(problem: string | undefined): void {
    if (problem === this.#problem) return;
    this.#problem = problem;
    this.#parts.troubled?.(this.#parts.path, problem);
  }
}
