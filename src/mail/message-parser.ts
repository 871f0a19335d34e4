import { hasAttachments } from './attachments.ts';
import { splitHeaderText } from './header.ts';
import type { HeaderBlock } from './header.ts';
import { boundaryCharsMax, messageLimits } from './message-limits.ts';
import type { MessageLimits } from './message-limits.ts';
import { asBuffer } from './octets.ts';
import { PartTree } from './part-tree.ts';
import type { PartWatch } from './part-watch.ts';
import { PreviewCapture } from './preview.ts';
import type { MessageSummary, Part } from './summary.ts';

type Mode =
  | 'header'
  | 'body'
  /** The rest of a delimiter line; a part begins after it, or nothing. */
  | 'delimiter'
  | 'close-delimiter';

/** Work is cut into blocks of this size, so that a large push makes no large copy. */
const blockBytes = 65_536;

const dash = 45;
const cr = 13;
const lf = 10;

/** What for a message is read. */
export interface ParserUse {
  readonly watch?: PartWatch | undefined;
  /** `structure`: envelopes, references and preview stay empty, which spares half the work on small messages. */
  readonly seeks?: 'summary' | 'structure';
}

/**
 * Reads a message in one pass, in any chunking, with the same result: structure with byte offsets (RFC 2045, 2046),
 * ENVELOPE, preview. Lines end in CR LF or LF; the line break before a boundary belongs to it (RFC 2046 §5.1.1).
 * Never throws; linear; holds one header, one boundary line and the preview's text at a time.
 *
 * A multipart always has a part: where no boundary is declared or found, one text/plain that is its whole body.
 * A message/rfc822 or message/global always has its `message`, empty where a bound stopped the reading.
 */
export class MessageParser {
  readonly #limits: MessageLimits;
  readonly #preview: PreviewCapture | undefined;
  readonly #tree: PartTree;
  readonly #watch: PartWatch | undefined;
  #mode: Mode = 'header';
  /** Bytes of the message before the text that is being looked at. */
  #base = 0;
  #pending = '';
  /** What the text that is being looked at was made of, where it is just that. */
  #octets: Buffer | undefined;
  #atLineStart = true;
  /** Bytes of the last line break, 0 before the first. */
  #breakBytes = 0;
  #lastChar = 0;
  #lines = 0;
  #headerText = '';
  #headerBytesLeft: number;
  #headerCut = false;
  /** Where the octets of a body begin that the watch has not had; nowhere outside of bodies. */
  #unwatched = Number.POSITIVE_INFINITY;

  constructor(limits: MessageLimits = messageLimits, { watch, seeks = 'summary' }: ParserUse = {}) {
    this.#limits = limits;
    this.#headerBytesLeft = limits.headersBytesMax;
    this.#watch = watch;
    this.#preview = seeks === 'summary' ? new PreviewCapture() : undefined;
    this.#tree = new PartTree(limits, this.#preview, watch);
  }

  /**
   * Instead of pushing it, a header that was taken apart already, its blank line included.
   * @param sizeBytes as it is kept: with fields that say nothing of envelope and content it may be longer than the block
   * @returns false: it is larger than is read at once, and has to be pushed
   */
  begin(block: HeaderBlock, sizeBytes: number): boolean {
    if (sizeBytes > Math.min(this.#limits.headerBytesMax, this.#headerBytesLeft)) return false;
    this.#headerBytesLeft -= sizeBytes;
    this.#base = sizeBytes;
    this.#lastChar = lf;
    this.#breakBytes = 2;
    this.#enterBody(block, sizeBytes);
    return true;
  }

  push(bytes: Uint8Array): void {
    const buffer = asBuffer(bytes);
    for (let start = 0; start < buffer.length; start += blockBytes) {
      const end = Math.min(start + blockBytes, buffer.length);
      const block = buffer.toString('latin1', start, end);
      // Its octets are told as they came, unless something was kept back before them.
      this.#octets = this.#pending === '' ? buffer.subarray(start, end) : undefined;
      this.#feed(this.#pending === '' ? block : this.#pending + block, false);
    }
    this.#octets = undefined;
  }

  finish(): MessageSummary {
    this.#feed(this.#pending, true);
    const sizeBytes = this.#base;
    this.#endHeaders(sizeBytes);
    this.#tree.closeAll({ position: sizeBytes, lines: this.#lines });
    const { root, references, truncated } = this.#tree;
    const structure: Part = root.part;
    this.#watch?.whole?.(structure, truncated || this.#headerCut);
    return {
      v: 1,
      sizeBytes,
      envelope: root.envelope,
      structure,
      preview: this.#preview?.text() ?? '',
      references,
      truncated: truncated || this.#headerCut,
      attachments: hasAttachments(structure),
    };
  }

  /** Goes through a block line by line; keeps back a beginning of a line that may be a boundary. */
  #feed(text: string, last: boolean): void {
    let at = 0;
    while (at < text.length) {
      if (this.#mode === 'body' && !this.#tree.hasBoundaries) {
        this.#passText(text, at);
        at = text.length;
        break;
      }
      const newline = text.indexOf('\n', at);
      if (this.#atLineStart) {
        if (!last && newline < 0 && this.#mustWait(text, at)) break;
        if (text.charCodeAt(at) === dash && this.#takeBoundary(text, at)) {
          // The delimiter's own line goes on below, in its new mode.
        } else if (this.#mode === 'header' && newline >= 0 && isBlankLine(text, at, newline)) {
          this.#passLine(text, at, newline);
          at = newline + 1;
          this.#endHeader(this.#base + at);
          continue;
        }
      }
      if (newline < 0) {
        this.#passRest(text, at);
        at = text.length;
      } else {
        this.#passLine(text, at, newline);
        at = newline + 1;
        this.#endDelimiter(this.#base + at);
      }
    }
    this.#preview?.take(text, this.#base, at);
    this.#tellWatch(text, this.#base + at);
    this.#base += at;
    this.#pending = at < text.length ? text.slice(at) : '';
  }

  /** The line's end has not come, and what is there may still become a boundary or the header's blank line. */
  #mustWait(text: string, at: number): boolean {
    const c = text.charCodeAt(at);
    if (this.#mode === 'header' && c === cr) return text.length - at < 2;
    return c === dash && text.length - at < boundaryCharsMax + 4 && this.#tree.hasBoundaries;
  }

  /** Text in which no line can be a boundary: its lines are only counted. */
  #passText(text: string, start: number): void {
    let last = -1;
    for (let at = text.indexOf('\n', start); at >= 0; at = text.indexOf('\n', at + 1)) {
      this.#lines += 1;
      last = at;
    }
    if (last >= 0) {
      const before = last > 0 ? text.charCodeAt(last - 1) : this.#lastChar;
      this.#breakBytes = before === cr ? 2 : 1;
    }
    this.#lastChar = text.charCodeAt(text.length - 1);
    this.#atLineStart = this.#lastChar === lf;
  }

  #passLine(text: string, start: number, newline: number): void {
    if (this.#mode === 'header') this.#keepHeader(text, start, newline + 1);
    const before = newline > 0 ? text.charCodeAt(newline - 1) : this.#lastChar;
    this.#breakBytes = before === cr ? 2 : 1;
    this.#lastChar = lf;
    this.#lines += 1;
    this.#atLineStart = true;
  }

  #passRest(text: string, start: number): void {
    if (this.#mode === 'header') this.#keepHeader(text, start, text.length);
    this.#lastChar = text.charCodeAt(text.length - 1);
    this.#atLineStart = false;
  }

  #keepHeader(text: string, start: number, end: number): void {
    const room = Math.min(this.#limits.headerBytesMax - this.#headerText.length, this.#headerBytesLeft);
    if (end - start > room) this.#headerCut = true;
    const kept = Math.min(end - start, room);
    if (kept <= 0) return;
    this.#headerText += text.slice(start, start + kept);
    this.#headerBytesLeft -= kept;
  }

  /** RFC 2046 §5.1.1: the beginning of the line decides (decision M-16). */
  #takeBoundary(text: string, at: number): boolean {
    if (text.charCodeAt(at + 1) !== dash) return false;
    const found = this.#tree.boundaryAt(text, at + 2);
    if (found === undefined) return false;
    const isClose = text.startsWith('--', at + 2 + found.length);
    const position = this.#base + at;
    this.#endHeaders(position);
    this.#tellWatch(text, position - this.#breakBytes);
    this.#unwatched = Number.POSITIVE_INFINITY;
    const content = {
      position: position - this.#breakBytes,
      lines: this.#lines - (this.#breakBytes > 0 ? 1 : 0),
    };
    this.#tree.delimit(found.owner, content, isClose);
    this.#mode = isClose ? 'close-delimiter' : 'delimiter';
    return true;
  }

  /** After the line feed of a delimiter line. */
  #endDelimiter(position: number): void {
    if (this.#mode === 'close-delimiter') {
      this.#mode = 'body';
      this.#unwatched = position;
    }
    if (this.#mode !== 'delimiter') return;
    this.#tree.beginPart(position);
    this.#mode = 'header';
    this.#headerText = '';
  }

  /** A header ends without a blank line; a message that it opens has an empty one, so this soon ends. */
  #endHeaders(position: number): void {
    while (this.#mode === 'header') this.#endHeader(position);
  }

  /** The blank line, or what ends a header without one, lies before `position`. */
  #endHeader(position: number): void {
    const block = splitHeaderText(this.#headerText);
    this.#headerText = '';
    this.#enterBody(block, position);
  }

  #enterBody(block: HeaderBlock, position: number): void {
    const isMessage = this.#tree.endHeader(block, { position, lines: this.#lines });
    this.#mode = isMessage ? 'header' : 'body';
    this.#unwatched = isMessage ? Number.POSITIVE_INFINITY : position;
  }

  /** What of this text belongs to a body and ends before `position`. */
  #tellWatch(text: string, position: number): void {
    if (this.#watch === undefined || this.#unwatched >= position) return;
    const from = Math.max(0, this.#unwatched - this.#base);
    const until = position - this.#base;
    const told = this.#octets?.subarray(from, until);
    this.#watch.take(told === undefined ? Buffer.from(text.slice(from, until), 'latin1') : keepable(told));
    this.#unwatched = position;
  }
}

/** Who keeps a few octets of a large piece shall not hold all of it: on many slow connections nobody would count that. */
function keepable(octets: Buffer): Uint8Array {
  return octets.length * 2 < octets.buffer.byteLength ? new Uint8Array(octets) : octets;
}

/** Lines of a message end in CR LF or LF; both count as blank when nothing is before them. */
function isBlankLine(text: string, at: number, newline: number): boolean {
  return newline === at || (newline === at + 1 && text.charCodeAt(at) === cr);
}

/** The whole at once. */
export function parseMessage(bytes: Uint8Array, limits: MessageLimits = messageLimits): MessageSummary {
  const parser = new MessageParser(limits);
  parser.push(bytes);
  return parser.finish();
}
