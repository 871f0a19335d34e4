import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a run has made, so that a failed one leaves nothing behind (CONTRACTS §1). */
export class MadeFiles {
  readonly #made: string[] = [];
  readonly #filled: string[] = [];

  /** Notes the topmost folder that had to be made for it; what was there before stays. */
  folder(path: string): void {
    const first = mkdirSync(path, { recursive: true, mode: 0o700 });
    if (first !== undefined) this.#made.push(first);
  }

  /** A folder that others fill too; it is not there yet, or empty. */
  ownFolder(path: string): void {
    const first = mkdirSync(path, { recursive: true, mode: 0o700 });
    if (first === undefined) this.#filled.push(path);
    else this.#made.push(first);
  }

  file(path: string, text: string, mode: number): void {
    this.#made.push(path);
    writeFileSync(path, text, { mode, flag: 'wx' });
  }

  /** Something else will make it. */
  expect(path: string): void {
    this.#made.push(path);
  }

  remove(): void {
    const inside = this.#filled.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
    for (const path of [...inside, ...this.#made.reverse()]) rmSync(path, { recursive: true, force: true });
  }
}
