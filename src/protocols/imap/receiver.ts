import { Buffer } from 'node:buffer';
import type { CommandText, Literal } from './grammar/cursor.ts';

/** What a line has led to. */
export type Received =
  /** The command is whole. */
  | { readonly kind: 'command'; readonly command: CommandText }
  /** The line ends by announcing a literal: the session says whether it is taken. */
  | { readonly kind: 'announced'; readonly literal: AnnouncedLiteral };

export interface AnnouncedLiteral {
  readonly sizeBytes: number;
  /** `{n+}`: the client sends it without waiting to be asked (RFC 7888). */
  readonly unasked: boolean;
  /** `~{n}` (RFC 3516). */
  readonly binary: boolean;
  /** The command so far, this announcement included. */
  readonly sofar: CommandText;
  /** Bytes in this and all earlier literals of the command. */
  readonly totalBytes: number;
}

const announcement = /(~?)\{(\d{1,20})(\+?)\}$/;

/**
 * Puts a command together from lines and literals (RFC 9051 §4.3). It never asks for anything by itself: after an
 * announcement the session either calls `collect` and feeds octets, or takes the literal elsewhere (APPEND), or
 * refuses and calls `reset`.
 */
export class Receiver {
  #text = '';
  #literals: Literal[] = [];
  #literalBytes = 0;
  #filling: { readonly bytes: Buffer; readonly binary: boolean; used: number } | undefined;

  /** Characters of the command's lines so far; each line counts against one limit for all of them. */
  get textBytes(): number {
    return this.#text.length;
  }

  get literalCount(): number {
    return this.#literals.length;
  }

  /** True between the first and the last line of a command. */
  get within(): boolean {
    return this.#text !== '';
  }

  line(bytes: Uint8Array): Received {
    const line = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
    this.#text += line;
    // The longest announcement has 24 characters.
    const match = line.endsWith('}') ? announcement.exec(line.slice(-24)) : null;
    if (match === null) return { kind: 'command', command: this.#take() };
    const sizeBytes = Number(match[2]);
    const literal = {
      sizeBytes,
      unasked: match[3] === '+',
      binary: match[1] === '~',
      sofar: { text: this.#text, literals: [...this.#literals] },
      totalBytes: this.#literalBytes + sizeBytes,
    };
    return { kind: 'announced', literal };
  }

  /** The announced literal is kept in memory; its size has been judged. */
  collect(literal: AnnouncedLiteral): void {
    this.#filling = { bytes: Buffer.alloc(literal.sizeBytes), binary: literal.binary, used: 0 };
    if (literal.sizeBytes === 0) this.#filled();
  }

  octets(bytes: Uint8Array, last: boolean): void {
    const filling = this.#filling;
    if (filling === undefined) return;
    filling.bytes.set(bytes, filling.used);
    filling.used += bytes.length;
    if (last) this.#filled();
  }

  reset(): void {
    this.#text = '';
    this.#literals = [];
    this.#literalBytes = 0;
    this.#filling = undefined;
  }

  #filled(): void {
    const filling = this.#filling;
    if (filling === undefined) return;
    this.#literals.push({ at: this.#text.length, bytes: filling.bytes, binary: filling.binary });
    this.#literalBytes += filling.bytes.length;
    this.#filling = undefined;
  }

  #take(): CommandText {
    const command = { text: this.#text, literals: this.#literals };
    this.reset();
    return command;
  }
}
