import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type Collect = (how: {
  readonly type: 'major';
  readonly execution: 'sync';
  readonly flavor: 'last-resort';
}) => void;

/**
 * Gives what was needed only to load the program back to the system: some 30 MiB, for some 50 ms of this thread, in which
 * nothing else runs. V8 does it by itself only when more is made, and a server at rest makes nothing.
 */
export function collectGarbage(): void {
  // The function is found in contexts that are made while the flag is set: in this one alone.
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as Collect;
  setFlagsFromString('--no-expose-gc');
  // What is left after an ordinary collection is room for the next young objects; the last resort gives that back, too.
  collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}
