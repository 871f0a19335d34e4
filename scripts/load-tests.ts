import { after, test } from 'node:test';

/**
 * Loads test files into this process, one after the other. One that cannot be loaded is a failure of its own; so is a
 * process that ends before all are over, or the tests of all the other files would be lost unseen.
 */
export async function loadTests(files: readonly string[]): Promise<void> {
  let isOver = false;
  after(() => {
    isOver = true;
  });
  process.once('exit', () => {
    if (!isOver) process.exitCode = 1;
  });
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
