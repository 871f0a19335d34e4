import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

interface Side {
  stop(): Promise<void>;
}

/** Starts both sides, and stops them whatever becomes of `run`. */
export async function withBoth<Server extends Side, T>(
  starts: { readonly ours: () => Promise<Server>; readonly peer: () => Promise<Server> },
  run: (servers: { readonly ours: Server; readonly peer: Server }) => Promise<T>,
): Promise<T> {
  const ours = await starts.ours();
  try {
    const peer = await starts.peer();
    try {
      return await run({ ours, peer });
    } finally {
      await peer.stop();
    }
  } finally {
    await ours.stop();
  }
}

/** Both sides of a comparison; each call measures once, in messages or operations per second. */
export interface Contest {
  readonly ours: (part: number) => Promise<number>;
  readonly peer: (part: number) => Promise<number>;
}

export interface Rates {
  readonly ours: readonly number[];
  readonly peer: readonly number[];
}

/** With less than this of the processors' time gone to other machines on the same host, a measurement counts. */
const stolenShareMax = 0.05;
/** Rounds that are done again in all: a host that is never quiet is measured as it is. */
const repeatsMax = 3;
/** By then a side has done what it put off until all could be read: ours begins to sync accounts' files after five seconds. */
const restMs = 8_000;

/** How many parts (loads that differ) so many rounds may ask for. */
export function partsOf(rounds: number): number {
  return rounds + repeatsMax;
}

/** What both sides share, and what is known of it. */
export interface Machine {
  rest(): Promise<void>;
  processorTime(): ProcessorTime;
}

const thisMachine: Machine = { rest: () => sleep(restMs), processorTime };

/**
 * Each side once a round, in turn, while both run: what disturbs this machine for minutes disturbs both. Before each there is
 * a rest, so that neither computes in the other's time. A round in which a virtual machine's host took the processors away
 * counts only when there are not enough quiet ones.
 */
export async function inTurn(
  rounds: number,
  contest: Contest,
  machine: Machine = thisMachine,
): Promise<Rates> {
  const quiet: (readonly [number, number])[] = [];
  const disturbed: (readonly [number, number])[] = [];
  for (let part = 0; quiet.length < rounds && part < partsOf(rounds); part += 1) {
    const ours = await measured(() => contest.ours(part), machine);
    const peer = await measured(() => contest.peer(part), machine);
    (ours.isQuiet && peer.isQuiet ? quiet : disturbed).push([ours.rate, peer.rate]);
  }
  const missing = rounds - quiet.length;
  if (missing > 0)
    console.log(`in ${String(missing)} of ${String(rounds)} rounds this machine's host was busy`);
  const pairs = [...quiet, ...disturbed.slice(0, missing)];
  return { ours: pairs.map(([ours]) => ours), peer: pairs.map(([, peer]) => peer) };
}

async function measured(
  measure: () => Promise<number>,
  machine: Machine,
): Promise<{ readonly rate: number; readonly isQuiet: boolean }> {
  await machine.rest();
  const before = machine.processorTime();
  const rate = await measure();
  return { rate, isQuiet: stolenShare(before, machine.processorTime()) < stolenShareMax };
}

/** In ticks since the machine began. */
export interface ProcessorTime {
  readonly all: number;
  readonly stolen: number;
}

/** `/proc/stat` (proc_stat(5)), whose eighth number is stolen time. */
function processorTime(): ProcessorTime {
  const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n', 1);
  const ticks = line.trim().split(/\s+/).slice(1, 9).map(Number);
  return { all: ticks.reduce((sum, each) => sum + each, 0), stolen: ticks[7] ?? 0 };
}

function stolenShare(from: ProcessorTime, to: ProcessorTime): number {
  return (to.stolen - from.stolen) / Math.max(1, to.all - from.all);
}
