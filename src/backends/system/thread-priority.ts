import { readdirSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';

/*
 * Linux has a nice value for each thread (setpriority(2)); elsewhere there is one for the whole program, and nothing is done.
 * Where a sandbox forbids it, all threads are alike.
 */

/** For what is already safe and may wait: a tenth of a processor where threads compete for it. */
export const backgroundSteps = 10;
/** For what works on behalf of the first thread: a quarter. */
export const helperSteps = 5;
const nicenessMax = 19;

/** Of setpriority(2): the thread that calls. */
const thisThread = 0;

/** This thread gives way to the others. */
export function lowerThisThread(steps: number): void {
  if (process.platform === 'linux') lower(thisThread, steps);
}

/**
 * The threads of V8, of Node's pool and of the queue give way to the first one, which calls this: it is full first, and each
 * that wakes on its processor takes its time although another is free. Those that are lower already stay as they are.
 */
export function lowerOtherThreads(): void {
  if (process.platform !== 'linux') return;
  const own = nicenessOf(thisThread);
  const all = threads();
  // The ids are those of another namespace: they could be of any program.
  if (!all.includes(process.pid)) return;
  for (const thread of all)
    if (thread !== process.pid && nicenessOf(thread) === own) lower(thread, helperSteps);
}

function lower(thread: number, steps: number): void {
  const niceness = nicenessOf(thread);
  if (niceness === undefined) return;
  try {
    setPriority(thread, Math.min(nicenessMax, niceness + steps));
  } catch {
    // Forbidden, or the thread has ended.
  }
}

/** `undefined`: the thread has ended, or nobody may ask. */
function nicenessOf(thread: number): number | undefined {
  try {
    return getPriority(thread);
  } catch {
    return undefined;
  }
}

/** Without /proc there are none that are known. */
function threads(): readonly number[] {
  try {
    return readdirSync('/proc/self/task').map(Number);
  } catch {
    return [];
  }
}
