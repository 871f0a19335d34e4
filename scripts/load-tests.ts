import { test } from 'node:test';

/** Loads test files into this process, one after the other; one that cannot be loaded is a failure of its own. */
export async function loadTests(files: readonly string[]): Promise<void> {
  for (const file of files) {
    try {
      await import(file);
    } catch (error) {
      test(`${file} is loaded`, () => {
        throw error;
      });
    }
  }
}
