/** One system call of an strace log, whole. */
export interface Call {
  readonly name: string;
  /** Between the parentheses, as strace wrote it. */
  readonly text: string;
  readonly result: number;
  /** What follows the number: `<path>` of a descriptor. */
  readonly resultPath: string | undefined;
  /** The line at which it began; the iteration comes in the order of their ends. */
  readonly beganAt: number;
}

interface Begun {
  readonly text: string;
  readonly at: number;
}

const beginning = /^(\d+) +(.*) <unfinished \.\.\.>$/;
const ending = /^(\d+) +<\.\.\. \w+ resumed>(.*)$/;
const whole = /^(\w+)\((.*)\) += (-?\d+)(?:<((?:\\x[0-9a-f]{2})+)>)?/;

/**
 * The calls of a log of `strace -f -y -xx`. Threads interleave: a call that another one's line cuts in two is put
 * together again, for dropping those would make files look as if they had lost writes.
 */
export async function* traceCalls(lines: AsyncIterable<string> | Iterable<string>): AsyncGenerator<Call> {
  const begun = new Map<string, Begun>();
  let at = 0;
  for await (const line of lines) {
    at += 1;
    const start = line.endsWith('<unfinished ...>') ? beginning.exec(line) : null;
    if (start !== null) {
      begun.set(start[1] ?? '', { text: start[2] ?? '', at });
      continue;
    }
    const joined = joinedLine(line, at, begun);
    const call = joined === undefined ? undefined : readCall(joined);
    if (call !== undefined) yield call;
  }
  if (at === 0) throw new Error('strace wrote nothing');
}

function joinedLine(line: string, at: number, begun: Map<string, Begun>): Begun | undefined {
  const end = ending.exec(line);
  const thread = /^(\d+) +/.exec(line);
  if (end === null) return thread === null ? undefined : { text: line.slice(thread[0].length), at };
  const start = begun.get(end[1] ?? '');
  begun.delete(end[1] ?? '');
  return start && { text: start.text + (end[2] ?? ''), at: start.at };
}

function readCall({ text, at }: Begun): Call | undefined {
  const [, name, inside, result, path] = whole.exec(text) ?? [];
  if (name === undefined || inside === undefined) return undefined;
  return {
    name,
    text: inside,
    result: Number(result),
    resultPath: path === undefined ? undefined : unhex(path).toString(),
    beganAt: at,
  };
}

/** `\x2f\x74…` as bytes. */
export function unhex(text: string): Buffer {
  return Buffer.from(text.replaceAll('\\x', ''), 'hex');
}
