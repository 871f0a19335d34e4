import { err, ok } from '#base/result.ts';
import type { TextFiles } from './text-files.ts';

export interface FakeTextFiles extends TextFiles {
  /** `undefined`: it is gone. */
  put(path: string, text: string | undefined, changedMs?: number): void;
}

/** Files in memory, given in pieces of a few bytes. */
export function createFakeTextFiles(given: Readonly<Record<string, string>> = {}): FakeTextFiles {
  const files = new Map(Object.entries(given).map(([path, text]) => [path, { text, changedMs: 0, id: 0 }]));
  let ids = 0;
  return {
    put(path, text, changedMs = 0) {
      if (text === undefined) files.delete(path);
      else files.set(path, { text, changedMs, id: (ids += 1) });
    },
    async stamp(path) {
      const file = files.get(path);
      if (file === undefined) return err('ENOENT');
      const sizeBytes = Buffer.byteLength(file.text);
      return ok({ sizeBytes, changedMs: file.changedMs, id: String(file.id) });
    },
    async *read(path) {
      const bytes = Buffer.from(files.get(path)?.text ?? '');
      for (let at = 0; at < bytes.byteLength; at += 7) yield bytes.subarray(at, at + 7);
    },
  };
}
