import { setFlagsFromString } from 'node:v8';

/**
 * V8's last compiler takes what was called 500 times, instead of 3,000, and more of what that calls in one piece: the way of a
 * message is hundreds of small functions, and some still wait after ten thousand messages (docs/decisions/speed.md). Called once
 * the program is loaded, since what runs only while it starts is not worth 8 MiB of code and more.
 */
export function compileSooner(): void {
  setFlagsFromString('--invocation-count-for-turbofan=500');
  setFlagsFromString('--max-inlined-bytecode-size-cumulative=2500');
}
