import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Captures } from './captures.ts';
import type { FarEnd } from './far-end.ts';
import type { Step, Transcript } from './transcript.ts';

/** Time passes this much faster, so that a pause of seconds costs a test milliseconds. */
export const haste = 100;

/** How long a line of the server may be in coming. */
const patienceMs = 5000;

export interface PlayParts {
  readonly transcript: Transcript;
  readonly name: string;
  /** What is sent is cut into pieces of this size. */
  readonly chunkBytes: number;
  readonly connect: () => Promise<FarEnd>;
}

/** Plays one transcript against a server and fails at the first line that is not as written. */
export async function play(parts: PlayParts): Promise<void> {
  const player = new Player(parts);
  const { steps } = parts.transcript;
  for (const [index, step] of steps.entries()) await player.step(step, steps[index + 1]);
  await player.nothingLeft();
}

class Player {
  readonly #parts: PlayParts;
  readonly #captures = new Captures();
  readonly #ends = new Map<number, FarEnd>();
  readonly #skips = new Set<number>();
  #sending: Buffer[] = [];

  constructor(parts: PlayParts) {
    this.#parts = parts;
  }

  async step(step: Step, next: Step | undefined): Promise<void> {
    const end = await this.#end(step.connection);
    switch (step.kind) {
      case 'send':
        this.#sending.push(this.#captures.bytesOf(step.text));
        // Lines in a row travel together, so that pipelining is tried as well.
        if (next?.kind !== 'send' || next.connection !== step.connection) await this.#send(end, step.whole);
        break;
      case 'expect':
        await this.#expect(end, step);
        break;
      case 'skip':
        this.#skips.add(step.connection);
        break;
      case 'tls':
        await end.startTls();
        break;
      case 'pause':
        await sleep(step.ms / haste);
        break;
      case 'compress':
        end.startCompression();
        break;
      case 'expect-end':
        await this.#until(step, 'the server to close', () => end.heard.ended);
        break;
      case 'leave':
        end.leave();
        this.#ends.delete(step.connection);
        break;
      default:
        step satisfies never;
    }
  }

  /** The transcript must tell everything that the server says. */
  async nothingLeft(): Promise<void> {
    await sleep(1);
    for (const [connection, end] of this.#ends) {
      assert.equal(end.heard.text, '', `${this.#parts.name}: more was said on connection ${connection}`);
      end.leave();
    }
  }

  async #end(connection: number): Promise<FarEnd> {
    const found = this.#ends.get(connection);
    if (found !== undefined) return found;
    const opened = await this.#parts.connect();
    this.#ends.set(connection, opened);
    return opened;
  }

  async #send(end: FarEnd, whole: boolean): Promise<void> {
    const bytes = await end.encode(Buffer.concat(this.#sending));
    this.#sending = [];
    const size = whole ? bytes.length : this.#parts.chunkBytes;
    for (let at = 0; at < bytes.length; at += size) {
      if (end.heard.ended) return;
      await end.send(bytes.subarray(at, at + size));
    }
  }

  async #expect(end: FarEnd, step: Extract<Step, { kind: 'expect' }>): Promise<void> {
    const skips = this.#skips.delete(step.connection);
    for (;;) {
      await this.#until(
        step,
        JSON.stringify(step.pattern),
        () => /\r\n/.test(end.heard.text) || end.heard.ended,
      );
      const lineEnd = end.heard.text.indexOf('\r\n');
      assert.ok(
        lineEnd >= 0,
        `${this.#at(step)}: closed instead of ${step.pattern}; heard ${end.heard.text}`,
      );
      const line = end.heard.text.slice(0, lineEnd);
      end.heard.text = end.heard.text.slice(lineEnd + 2);
      if (this.#captures.matches(step.pattern, line)) return;
      if (!skips) assert.equal(line, step.pattern, this.#at(step));
    }
  }

  async #until(step: Step, what: string, holds: () => boolean): Promise<void> {
    const deadline = performance.now() + patienceMs;
    while (!holds()) {
      if (performance.now() > deadline) assert.fail(`${this.#at(step)}: waited for ${what}`);
      await sleep(1);
    }
  }

  #at(step: Step): string {
    return `${this.#parts.name}:${step.line} (chunks of ${this.#parts.chunkBytes})`;
  }
}
