/**
 * What is run to hold the server true, in order of cost (CONTRACTS §8): the table that `check`, `test` and
 * `.ci/run` read. Each row runs every test file that matches its patterns.
 */
export interface Suite {
  readonly name: string;
  /** Globs from the root of the project. */
  readonly files: readonly string[];
  /** Left out though the globs match. */
  readonly except?: readonly string[];
  /** Of them, those that touch no disk, socket, clock or process, and may share one. */
  readonly shared?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** How many files at a time; real servers and clocks want one. */
  readonly concurrency: number;
  /** Longest time for one file, or for those that share a process. */
  readonly timeoutMs: number;
}

const suiteFiles = 'src/**/*.suite.test.ts';

/** They touch nothing but memory, and have no state of a module that one test could leave to the next. */
const aboveBackends = [
  'base',
  'mail',
  'config',
  'trace',
  'store',
  'identity',
  'mailauth',
  'content',
  'policy',
  'delivery',
  'protocols',
  'admin',
];

export const checkSuites: readonly Suite[] = [
  { name: 'house', files: ['test/house/*.test.ts'], concurrency: 2, timeoutMs: 30_000 },
  {
    name: 'unit, table and fuzz tests',
    files: ['src/**/*.test.ts'],
    except: [suiteFiles],
    shared: aboveBackends.map((folder) => `src/${folder}/**/*.test.ts`),
    env: { POSTERN_FUZZ_RUNS: '1000' },
    concurrency: 3,
    timeoutMs: 600_000,
  },
];

export const testSuites: readonly Suite[] = [
  { name: 'transcripts', files: ['test/transcripts/*.test.ts'], concurrency: 2, timeoutMs: 180_000 },
  { name: 'at rest', files: ['test/at-rest/*.test.ts'], concurrency: 1, timeoutMs: 180_000 },
  {
    name: 'simulation, 50 seeds',
    files: ['test/simulation/*.test.ts'],
    env: { POSTERN_SEEDS: '50' },
    concurrency: 2,
    timeoutMs: 300_000,
  },
  {
    name: 'kills, 5',
    files: ['test/kill/*.test.ts'],
    env: { POSTERN_KILLS: '5' },
    concurrency: 1,
    timeoutMs: 300_000,
  },
  { name: 'quick start', files: ['test/quickstart/*.test.ts'], concurrency: 1, timeoutMs: 300_000 },
];

export const ciSuites: readonly Suite[] = [
  { name: 'public suites', files: [suiteFiles, 'test/suites/*.test.ts'], concurrency: 2, timeoutMs: 900_000 },
  {
    name: 'ends of bodies, up to 7 pieces',
    files: ['src/mail/serialize.test.ts', 'src/protocols/smtp/client/body-ends.test.ts'],
    env: { POSTERN_BODY_ENDS: '7' },
    concurrency: 2,
    timeoutMs: 300_000,
  },
  {
    name: 'simulation, 500 seeds',
    files: ['test/simulation/*.test.ts'],
    env: { POSTERN_SEEDS: '500', POSTERN_FIRST_SEED: '1000' },
    concurrency: 2,
    timeoutMs: 1_200_000,
  },
  {
    name: 'kills, 30',
    files: ['test/kill/*.test.ts'],
    env: { POSTERN_KILLS: '30' },
    concurrency: 1,
    timeoutMs: 900_000,
  },
  {
    name: 'crash replayer',
    files: ['test/crash/*.test.ts'],
    env: { POSTERN_CRASH_POINTS: '1000' },
    concurrency: 1,
    timeoutMs: 1_500_000,
  },
  { name: 'full disk and damage', files: ['test/damage/*.test.ts'], concurrency: 1, timeoutMs: 900_000 },
  { name: 'real peers', files: ['test/interop/*.test.ts'], concurrency: 1, timeoutMs: 900_000 },
  { name: 'load', files: ['test/load/*.test.ts'], concurrency: 1, timeoutMs: 300_000 },
  { name: 'bench, one round', files: ['test/bench/*.test.ts'], concurrency: 1, timeoutMs: 900_000 },
];
