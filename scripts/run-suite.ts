import { globSync } from 'node:fs';
import { join } from 'node:path';
import { run } from 'node:test';
import { inspect } from 'node:util';
import { shareProcesses } from './share-processes.ts';
import type { Suite } from './suites.ts';

export interface Tally {
  passed: number;
  failed: number;
  /** Names with their reasons. */
  skipped: string[];
}

export const root = join(import.meta.dirname, '..');

/** Where compiled code is kept from one test file to the next, as `bin/postern` keeps it: half of a small file's time. */
const compileCache = join(root, 'node_modules/.cache/postern');

/** Runs one row of the table, prints failures in full, every skip by name, and the time it took. */
export async function runSuite(suite: Suite): Promise<Tally> {
  const started = performance.now();
  const except = new Set(filesOf(suite.except ?? []));
  const files = filesOf(suite.files).filter((file) => !except.has(file));
  const tally = await runFiles(suite, files);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const skips = tally.skipped.length > 0 ? `, ${String(tally.skipped.length)} skipped` : '';
  console.log(
    `${suite.name}: ${String(tally.passed)} passed, ${String(tally.failed)} failed${skips} (${seconds} s)`,
  );
  return tally;
}

function filesOf(patterns: readonly string[]): readonly string[] {
  return patterns.flatMap((pattern) => globSync(pattern, { cwd: root })).toSorted();
}

async function runFiles(suite: Suite, files: readonly string[]): Promise<Tally> {
  const tally: Tally = { passed: 0, failed: 0, skipped: [] };
  if (files.length === 0) {
    console.log(`FAILED ${suite.name}: no test file matches ${suite.files.join(', ')}`);
    tally.failed += 1;
    return tally;
  }
  const before = { ...process.env };
  process.env['NODE_COMPILE_CACHE'] ??= compileCache;
  Object.assign(process.env, suite.env);
  const sharing = new Set(filesOf(suite.shared ?? []));
  const shared = shareProcesses(files.filter((file) => sharing.has(file)).map((file) => join(root, file)));
  const stream = run({
    files: [...shared.entries, ...files.filter((file) => !sharing.has(file)).map((file) => join(root, file))],
    concurrency: suite.concurrency,
    timeout: suite.timeoutMs,
    cwd: root,
  });
  for await (const event of stream) {
    if (event.type === 'test:pass') countPass(tally, event.data);
    else if (event.type === 'test:fail') countFailure(tally, event.data);
    else if (event.type === 'test:stderr' && process.env['POSTERN_TEST_OUTPUT'] !== undefined)
      process.stderr.write(event.data.message);
  }
  shared.dispose();
  for (const name of Object.keys(suite.env ?? {})) {
    if (before[name] === undefined) delete process.env[name];
    else process.env[name] = before[name];
  }
  return tally;
}

interface PassData {
  readonly name: string;
  readonly file?: string | undefined;
  readonly skip?: string | boolean | undefined;
  readonly todo?: string | boolean | undefined;
  readonly details: { readonly type?: string | undefined };
}

function countPass(tally: Tally, data: PassData): void {
  if (data.details.type === 'suite') return;
  if (data.skip !== undefined || data.todo !== undefined) {
    const reason = typeof data.skip === 'string' ? data.skip : String(data.todo ?? 'no reason given');
    tally.skipped.push(`${data.name} (${reason})`);
    console.log(`SKIPPED ${place(data.file)} ${data.name}: ${reason}`);
    return;
  }
  tally.passed += 1;
}

interface FailData {
  readonly name: string;
  readonly file?: string | undefined;
  readonly details: { readonly type?: string | undefined; readonly error: Error };
}

function countFailure(tally: Tally, data: FailData): void {
  const cause = data.details.error.cause ?? data.details.error;
  // A suite that failed only because a test inside it did is told by that test.
  if (data.details.type === 'suite' && inspect(cause).includes('subtest')) return;
  tally.failed += 1;
  console.log(`FAILED ${place(data.file)} ${data.name}\n${indent(inspect(cause, { depth: 4 }))}`);
}

function place(file: string | undefined): string {
  return file === undefined ? '' : file.replace(`${root}/`, '');
}

function indent(text: string): string {
  return text
    .split('\n')
    .slice(0, 60)
    .map((line) => `    ${line}`)
    .join('\n');
}
