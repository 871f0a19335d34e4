import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { median } from './figures.ts';

/** One thread's share of time by where it was spent, between two moments. */
export interface ThreadShares {
  readonly thread: number;
  /** Microseconds in which it did anything at all. */
  readonly busyUs: number;
  /** Microseconds by layer, the largest first: a folder of the source, or what Node did on nobody's behalf. */
  readonly layers: readonly (readonly [string, number])[];
  /** Microseconds by function itself, the largest first. */
  readonly functions: readonly (readonly [string, number])[];
}

interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
}

/** What `node --cpu-prof` writes (V8's `.cpuprofile`); times in microseconds of the monotonic clock. */
interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: CallFrame;
    readonly children?: readonly number[];
  }[];
  readonly startTime: number;
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

export interface Window {
  readonly fromUs: number;
  readonly toUs: number;
}

/** Of the monotonic clock that all processes of this machine share. */
export function nowUs(): number {
  return Number(process.hrtime.bigint() / 1000n);
}

/** Hundredths of a second, as Linux counts for every program. */
const ticksPerS = 100;

/** What the first thread of a process has computed since it began: other programs of the machine do not count. */
export function threadCpuUs(pid: number): number {
  const stat = readFileSync(`/proc/${String(pid)}/task/${String(pid)}/stat`, 'utf8');
  const [, , , , , , , , , , , user, system] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(user) + Number(system)) / ticksPerS) * 1e6;
}

/** The environment in which a server writes a profile of each of its threads when it ends. */
export function profiledEnv(dir: string): NodeJS.ProcessEnv {
  return { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${dir}` };
}

/** The threads of a server that has ended, the one that was busiest first. */
export function readProfiles(dir: string, window: Window): readonly ThreadShares[] {
  const files = readdirSync(dir).filter((file) => file.endsWith('.cpuprofile'));
  const threads = files.map((file) => {
    const thread = Number(/^CPU\.\d+\.\d+\.\d+\.(\d+)\./.exec(file)?.[1]);
    return sharesOf(JSON.parse(readFileSync(join(dir, file), 'utf8')) as CpuProfile, { thread, window });
  });
  // A start that only made the configuration left profiles too.
  return threads.filter(({ busyUs }) => busyUs > 0).toSorted((a, b) => b.busyUs - a.busyUs);
}

function sharesOf(
  profile: CpuProfile,
  { thread, window }: { readonly thread: number; readonly window: Window },
): ThreadShares {
  const parents = new Map(
    profile.nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])),
  );
  const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]));
  const layers = new Map<string, number>();
  const functions = new Map<string, number>();
  // A longer gap between samples is time in which the machine let others compute.
  const gapUsMax = 2 * median(profile.timeDeltas);
  let busyUs = 0;
  let atUs = profile.startTime;
  for (const [index, id] of profile.samples.entries()) {
    atUs += profile.timeDeltas[index] ?? 0;
    const frame = frames.get(id);
    // A sample stands for the time until the next one.
    const us = Math.min(profile.timeDeltas[index + 1] ?? 0, gapUsMax);
    if (frame === undefined || atUs < window.fromUs || atUs > window.toUs) continue;
    if (frame.functionName === '(idle)') continue;
    busyUs += us;
    add(layers, layerOf(id, frames, parents), us);
    add(functions, nameOf(frame), us);
  }
  return { thread, busyUs, layers: largest(layers), functions: largest(functions) };
}

function add(sums: Map<string, number>, name: string, us: number): void {
  sums.set(name, (sums.get(name) ?? 0) + us);
}

function largest(sums: ReadonlyMap<string, number>): readonly (readonly [string, number])[] {
  return [...sums].toSorted(([, a], [, b]) => b - a);
}

const sourceFolder = /\/src\/([^/]+)\/([^/]+)(\/)?/;
const packageFolder = /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//;

/** The folder of ours on whose behalf the time was spent: that of the function itself, or of who called it. */
function layerOf(
  id: number,
  frames: ReadonlyMap<number, CallFrame>,
  parents: ReadonlyMap<number, number>,
): string {
  const own = frames.get(id)?.functionName ?? '';
  if (own === '(garbage collector)') return 'collecting garbage';
  for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
    const folder = sourceFolder.exec(frames.get(at)?.url ?? '');
    const [, first = '', second = '', isFolder] = folder ?? [];
    if (folder !== null) return isFolder === undefined ? first : `${first}/${second}`;
  }
  return 'node: sockets, timers, messages between threads';
}

function nameOf({ functionName, url, lineNumber }: CallFrame): string {
  const file = /\/(?:src|node_modules)\/.*$/.exec(url)?.[0] ?? url;
  const place = file === '' ? '' : ` ${file.replace(packageFolder, '/$1/')}:${String(lineNumber + 1)}`;
  return `${functionName === '' ? '(anonymous)' : functionName}${place}`;
}
