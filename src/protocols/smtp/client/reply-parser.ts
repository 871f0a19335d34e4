import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';

/** One reply of a server (RFC 5321 §4.2): the text of each line, without code and separator. */
export interface Reply {
  readonly code: number;
  readonly lines: readonly string[];
}

export type ReplyProblem =
  /** Not `digit digit digit [- or space] text CR LF`; a bare LF ends a line too (SM-13). */
  | 'syntax'
  /** The lines of one reply have different codes. */
  | 'mixed-codes'
  | 'line-too-long'
  | 'too-many-lines';

/** RFC 5321 §4.5.3.1.5 says 512; servers that explain themselves say more. */
export const replyLineOctetsMax = 4096;
/** Lines of one reply; EHLO of a rich server has some thirty. */
export const replyLinesMax = 128;

const cr = 13;
const lf = 10;
const linePattern = /^([2-5][0-9]{2})(?:([ -])(.*))?$/s;

/** Bytes in, replies out, in any chunking; after a problem nothing more is read. */
export class ReplyParser {
  readonly #replies: Reply[] = [];
  #rest: Buffer = Buffer.alloc(0);
  #code: number | undefined;
  #lines: string[] = [];
  #problem: ReplyProblem | undefined;

  /** Bytes or replies that nobody has taken yet. */
  get hasUnread(): boolean {
    return this.#replies.length > 0 || this.#rest.length > 0 || this.#code !== undefined;
  }

  push(bytes: Uint8Array): void {
    if (this.#problem !== undefined) return;
    this.#rest = this.#rest.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#rest, bytes]);
    while (this.#problem === undefined) {
      const end = this.#rest.indexOf(lf);
      if (end < 0) break;
      this.#line(this.#rest.subarray(0, end));
      this.#rest = this.#rest.subarray(end + 1);
    }
    if (this.#rest.length > replyLineOctetsMax) this.#problem ??= 'line-too-long';
  }

  /** The next whole reply, `undefined` when there is none yet. */
  next(): Result<Reply | undefined, ReplyProblem> {
    const reply = this.#replies.shift();
    if (reply !== undefined) return ok(reply);
    return this.#problem === undefined ? ok(undefined) : err(this.#problem);
  }

  #line(bytes: Buffer): void {
    const line = bytes.at(-1) === cr ? bytes.subarray(0, -1) : bytes;
    if (bytes.length > replyLineOctetsMax) this.#problem = 'line-too-long';
    else if (line.includes(cr) || line.includes(0)) this.#problem = 'syntax';
    else this.#text(line.toString('utf8'));
  }

  #text(line: string): void {
    const parts = linePattern.exec(line);
    if (parts === null) {
      this.#problem = 'syntax';
      return;
    }
    const code = Number(parts[1]);
    if (this.#code !== undefined && this.#code !== code) this.#problem = 'mixed-codes';
    else if (this.#lines.length >= replyLinesMax) this.#problem = 'too-many-lines';
    else this.#add(code, { text: parts[3] ?? '', last: parts[2] !== '-' });
  }

  #add(code: number, line: { readonly text: string; readonly last: boolean }): void {
    this.#lines.push(line.text);
    this.#code = code;
    if (!line.last) return;
    this.#replies.push({ code, lines: this.#lines });
    this.#lines = [];
    this.#code = undefined;
  }
}

/** RFC 2034 §4: the enhanced status in front of a text, believed only when its class is the code's. */
export function enhancedStatus(reply: Reply): string | undefined {
  const found = /^([245])\.(\d{1,3})\.(\d{1,3})(?:\s|$)/.exec(reply.lines[0] ?? '');
  if (found === null || Number(found[1]) !== Math.floor(reply.code / 100)) return undefined;
  return `${found[1]}.${found[2]}.${found[3]}`;
}
