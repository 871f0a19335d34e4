import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** So many test files in one process: to start a process and to load what they test costs more than most of them. */
const filesPerProcess = 20;

const loader = pathToFileURL(join(import.meta.dirname, 'load-tests.ts')).href;

/** Modules to be run in the place of test files; `dispose` when they have run. */
export interface SharedProcesses {
  readonly entries: readonly string[];
  dispose(): void;
}

/** Writes modules that load many test files each. Only for files that touch nothing but memory. */
export function shareProcesses(files: readonly string[]): SharedProcesses {
  const folder = mkdtempSync(join(tmpdir(), 'postern-tests-'));
  const entries: string[] = [];
  for (let from = 0; from < files.length; from += filesPerProcess) {
    const shared = files.slice(from, from + filesPerProcess);
    const entry = join(folder, `${String(entries.length)}.mjs`);
    const urls = JSON.stringify(shared.map((file) => pathToFileURL(file).href));
    writeFileSync(entry, `import { loadTests } from '${loader}';\nawait loadTests(${urls});\n`);
    entries.push(entry);
  }
  return { entries, dispose: () => rmSync(folder, { recursive: true }) };
}
