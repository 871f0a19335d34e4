import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { err, ok } from '#base/result.ts';
import type { TextFiles } from '#platform/text-files.ts';

/** Between two pieces others have their turn. */
const pieceBytes = 32_768;

/** The files of this machine. */
export const systemTextFiles: TextFiles = {
  async stamp(path) {
    try {
      const found = await stat(path);
      if (!found.isFile()) return err('it is no file');
      return ok({ sizeBytes: found.size, changedMs: found.mtimeMs, id: `${found.dev}:${found.ino}` });
    } catch (error) {
      return err(error instanceof Error && 'code' in error ? String(error.code) : 'it cannot be read');
    }
  },
  read: (path) => createReadStream(path, { highWaterMark: pieceBytes }),
};
