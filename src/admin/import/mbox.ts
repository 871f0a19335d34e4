import { createHash } from 'node:crypto';
import type { ImportedMessage } from './mail-source.ts';

/** The largest message taken from a file; more is cut off nowhere, the import fails instead. */
const messageBytesMax = 512 * 1024 * 1024;

const newline = 0x0a;
const from = Buffer.from('From ');
const quotedFrom = /^>+From /;

/**
 * The messages of an mbox file (RFC 4155, read as `mboxrd`): each begins with a `From ` line after an empty line or at
 * the start; `>From ` in the body loses one `>`; line ends become CR LF.
 */
export async function* readMbox(chunks: AsyncIterable<Uint8Array>): AsyncIterable<ImportedMessage> {
  const seen = new Map<string, number>();
  let message: MboxMessage | undefined;
  let afterBlank = true;
  for await (const line of linesOf(chunks)) {
    if (afterBlank && line.subarray(0, from.length).equals(from)) {
      if (message !== undefined) yield message.finish(seen);
      message = new MboxMessage(line.toString('latin1'));
    } else message?.add(line);
    afterBlank = line.length === 0;
  }
  if (message !== undefined) yield message.finish(seen);
}

class MboxMessage {
  readonly #internalDateMs: number | undefined;
  readonly #lines: Buffer[] = [];
  #flags: readonly string[] = [];
  #inHeader = true;
  #sizeBytes = 0;

  constructor(fromLine: string) {
    // "From sender Thu Jan  1 00:00:00 1970": the date is what follows the sender, in UTC.
    const date = Date.parse(`${fromLine.replace(/^From \S* */, '').trim()} UTC`);
    this.#internalDateMs = Number.isNaN(date) ? undefined : date;
  }

  add(line: Buffer): void {
    this.#sizeBytes += line.length + 2;
    if (this.#sizeBytes > messageBytesMax)
      throw new RangeError('a message of the mbox is larger than 512 MiB');
    if (line.length === 0) this.#inHeader = false;
    if (this.#inHeader) this.#readStatus(line);
    this.#lines.push(quotedFrom.test(line.subarray(0, 64).toString('latin1')) ? line.subarray(1) : line);
  }

  /** `Status: RO` and `X-Status: AF`, as mail programs note flags in an mbox. */
  #readStatus(line: Buffer): void {
    const match = /^(X-)?Status:\s*([A-Z]*)/i.exec(line.subarray(0, 64).toString('latin1'));
    if (match === null) return;
    this.#flags = [
      ...this.#flags,
      ...Array.from(match[2] ?? '').flatMap((letter) => statusFlags.get(letter) ?? []),
    ];
  }

  finish(seen: Map<string, number>): ImportedMessage {
    // The empty line before the next "From " belongs to the file, not to the message.
    if (this.#lines.at(-1)?.length === 0 && this.#lines.length > 1) this.#lines.pop();
    const bytes = joinLines(this.#lines);
    return {
      key: uniqueKey('', bytes, seen),
      mailbox: '',
      bytes,
      internalDateMs: this.#internalDateMs,
      flags: this.#flags,
    };
  }
}

const statusFlags: ReadonlyMap<string, string> = new Map([
  ['R', '\\Seen'],
  ['A', '\\Answered'],
  ['F', '\\Flagged'],
  ['D', '\\Deleted'],
  ['T', '\\Draft'],
]);

/** By its folder and its bytes; the same bytes twice in one source are two messages there, and stay two. */
export function uniqueKey(mailbox: string, bytes: Uint8Array, seen: Map<string, number>): string {
  const digest = createHash('sha256').update(mailbox).update('\0').update(bytes).digest('base64url');
  const count = seen.get(digest) ?? 0;
  seen.set(digest, count + 1);
  return `${digest}:${count}`;
}

function joinLines(lines: readonly Buffer[]): Uint8Array {
  const crlf = Buffer.from('\r\n');
  return Buffer.concat(lines.flatMap((line) => [line, crlf]));
}

/** Lines without their LF or CR LF, however the chunks are cut. */
async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Buffer> {
  let rest: Buffer[] = [];
  for await (const chunk of chunks) {
    let bytes = Buffer.from(chunk);
    for (let end = bytes.indexOf(newline); end !== -1; end = bytes.indexOf(newline)) {
      yield withoutCr(Buffer.concat([...rest, bytes.subarray(0, end)]));
      rest = [];
      bytes = bytes.subarray(end + 1);
    }
    if (bytes.length > 0) rest.push(bytes);
  }
  if (rest.length > 0) yield withoutCr(Buffer.concat(rest));
}

function withoutCr(line: Buffer): Buffer {
  return line.at(-1) === 0x0d ? line.subarray(0, -1) : line;
}

/** Every line end as CR LF: a lone LF gets its CR, what is CR LF stays. */
export function toCrLf(bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(bytes);
  const pieces: Buffer[] = [];
  let start = 0;
  for (let at = text.indexOf(newline); at !== -1; at = text.indexOf(newline, at + 1)) {
    if (text[at - 1] === 0x0d) continue;
    pieces.push(text.subarray(start, at), Buffer.from('\r\n'));
    start = at + 1;
  }
  return pieces.length === 0 ? bytes : Buffer.concat([...pieces, text.subarray(start)]);
}
