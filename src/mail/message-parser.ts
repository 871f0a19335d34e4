import { emptyEnvelope, readEnvelope, readReferences } from './envelope.ts';
import { splitHeaderText } from './header.ts';
import type { HeaderBlock } from './header.ts';
import { BoundarySet } from './boundary-set.ts';
import { boundaryCharsMax, messageLimits } from './message-limits.ts';
import type { MessageLimits } from './message-limits.ts';
import { asBuffer } from './octets.ts';
import { findParameter } from './parameters.ts';
import { defaultContentType, digestContentType, readPartHeader } from './part-header.ts';
import type { ContentType } from './part-header.ts';
import { PreviewCapture } from './preview.ts';
import { hasAttachments } from './attachments.ts';
import type { MessageEnvelope, MessageSummary, Part } from './summary.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type OpenPart = Mutable<Omit<Part, 'parts' | 'header' | 'body'>> & {
  readonly header: { start: number; end: number };
  readonly body: { start: number; end: number };
  readonly parts: OpenPart[];
};

/** A part whose end has not come yet. */
interface Entity {
  readonly part: OpenPart;
  /** It is a message of its own: its header has an envelope. */
  readonly isMessage: boolean;
  /** Its type when its header names none. */
  readonly fallback: ContentType;
  /** Of a multipart until its close delimiter. */
  boundary: string | undefined;
  /** Of a multipart that cannot be split: the part that is all of it. */
  whole: OpenPart | undefined;
  /** Line feeds of the whole message before its body. */
  linesBefore: number;
  envelope: MessageEnvelope;
}

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
  readonly #stack: Entity[] = [];
  readonly #boundaries = new BoundarySet<Entity>();
  readonly #preview = new PreviewCapture();
  readonly #root: Entity;
  #references: readonly string[] = [];
  #mode: Mode = 'header';
  /** Bytes of the message before the text that is being looked at. */
  #base = 0;
  #pending = '';
  #atLineStart = true;
  /** Bytes of the last line break, 0 before the first. */
  #breakBytes = 0;
  #lastChar = 0;
  #lines = 0;
  #parts = 1;
  #headerText = '';
  #headerBytesLeft: number;
  #truncated = false;

  constructor(limits: MessageLimits = messageLimits) {
    this.#limits = limits;
    this.#headerBytesLeft = limits.headersBytesMax;
    this.#root = newEntity(0, defaultContentType, true);
    this.#stack.push(this.#root);
  }

  push(bytes: Uint8Array): void {
    const buffer = asBuffer(bytes);
    for (let start = 0; start < buffer.length; start += blockBytes) {
      const block = buffer.toString('latin1', start, Math.min(start + blockBytes, buffer.length));
      this.#feed(this.#pending === '' ? block : this.#pending + block, false);
    }
  }

  finish(): MessageSummary {
    this.#feed(this.#pending, true);
    const sizeBytes = this.#base;
    this.#endHeaders(sizeBytes);
    while (this.#stack.length > 0) this.#closeTop(sizeBytes, this.#lines);
    const structure: Part = this.#root.part;
    return {
      v: 1,
      sizeBytes,
      envelope: this.#root.envelope,
      structure,
      preview: this.#preview.text(),
      references: this.#references,
      truncated: this.#truncated,
      attachments: hasAttachments(structure),
    };
  }

  /** Goes through a block line by line; keeps back a beginning of a line that may be a boundary. */
  #feed(text: string, last: boolean): void {
    let at = 0;
    while (at < text.length) {
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
    this.#preview.take(text, this.#base, at);
    this.#base += at;
    this.#pending = at < text.length ? text.slice(at) : '';
  }

  /** The line's end has not come, and what is there may still become a boundary or the header's blank line. */
  #mustWait(text: string, at: number): boolean {
    const c = text.charCodeAt(at);
    if (this.#mode === 'header' && c === cr) return text.length - at < 2;
    return c === dash && text.length - at < boundaryCharsMax + 4 && !this.#boundaries.isEmpty;
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
    if (end - start > room) this.#truncated = true;
    const kept = Math.min(end - start, room);
    if (kept <= 0) return;
    this.#headerText += text.slice(start, start + kept);
    this.#headerBytesLeft -= kept;
  }

  /** RFC 2046 §5.1.1: the beginning of the line decides (decision M-16). */
  #takeBoundary(text: string, at: number): boolean {
    if (text.charCodeAt(at + 1) !== dash) return false;
    const found = this.#boundaries.longestAt(text, at + 2);
    if (found === undefined) return false;
    const isClose = text.startsWith('--', at + 2 + found.length);
    this.#delimit(found.owner, this.#base + at, isClose);
    return true;
  }

  #delimit(multipart: Entity, position: number, isClose: boolean): void {
    this.#endHeaders(position);
    const contentEnd = position - this.#breakBytes;
    const contentLines = this.#lines - (this.#breakBytes > 0 ? 1 : 0);
    while (this.#stack.length > 1 && this.#stack.at(-1) !== multipart)
      this.#closeTop(contentEnd, contentLines);
    if (isClose) this.#closeBoundary(multipart);
    this.#mode = isClose ? 'close-delimiter' : 'delimiter';
  }

  /** From here on its delimiters are text (of the epilogue). */
  #closeBoundary(entity: Entity): void {
    if (entity.boundary !== undefined) this.#boundaries.remove(entity.boundary, entity);
    entity.boundary = undefined;
  }

  /** After the line feed of a delimiter line. */
  #endDelimiter(position: number): void {
    if (this.#mode === 'close-delimiter') this.#mode = 'body';
    if (this.#mode !== 'delimiter') return;
    this.#mode = 'body';
    const multipart = this.#stack.at(-1);
    if (multipart === undefined) return;
    const fallback = multipart.part.subtype === 'digest' ? digestContentType : defaultContentType;
    this.#open(position, fallback, false);
    // The last part that is counted takes all that follows.
    if (this.#parts >= this.#limits.partsMax) this.#stopSplitting();
  }

  #stopSplitting(): void {
    this.#truncated = true;
    this.#boundaries.clear();
    for (const entity of this.#stack) entity.boundary = undefined;
  }

  #open(position: number, fallback: ContentType, isMessage: boolean): void {
    const parent = this.#stack.at(-1);
    const entity = newEntity(position, fallback, isMessage);
    if (!isMessage) parent?.part.parts.push(entity.part);
    this.#stack.push(entity);
    this.#parts += 1;
    this.#mode = 'header';
    this.#headerText = '';
  }

  /** A header ends without a blank line; a message that it opens has an empty one, so this soon ends. */
  #endHeaders(position: number): void {
    while (this.#mode === 'header') this.#endHeader(position);
  }

  /** The blank line, or what ends a header without one, lies before `position`. */
  #endHeader(position: number): void {
    const entity = this.#stack.at(-1);
    this.#mode = 'body';
    if (entity === undefined) return;
    const block = splitHeaderText(this.#headerText);
    this.#headerText = '';
    this.#readHeader(entity, block);
    entity.part.header.end = position;
    entity.part.body.start = position;
    entity.part.body.end = position;
    entity.linesBefore = this.#lines;
    this.#enter(entity, position);
  }

  #readHeader(entity: Entity, block: HeaderBlock): void {
    Object.assign(entity.part, readPartHeader(block, entity.fallback));
    if (entity.isMessage) entity.envelope = readEnvelope(block);
    if (entity === this.#root) this.#references = readReferences(block);
  }

  /** What kind of body follows? */
  #enter(entity: Entity, position: number): void {
    const { part } = entity;
    if (part.type === 'multipart') this.#enterMultipart(entity, position);
    else if (isMessageType(part)) this.#enterMessage(entity, position);
    else if (this.#inFirstMessage()) this.#preview.offer(part, position);
  }

  #enterMultipart(entity: Entity, position: number): void {
    const boundary = declaredBoundary(entity.part);
    const bounded = this.#withinBounds() && boundary.length <= boundaryCharsMax;
    if (boundary !== '' && bounded) {
      entity.boundary = boundary;
      this.#boundaries.add(boundary, entity);
      return;
    }
    if (!bounded) this.#truncated = true;
    entity.whole = wholeBody(entity.part);
    entity.part.parts.push(entity.whole);
    if (this.#inFirstMessage()) this.#preview.offer(entity.whole, position);
  }

  #enterMessage(entity: Entity, position: number): void {
    // An encoded message is not looked into (RFC 2046 §5.2.1 forbids it; message/global may be, RFC 6532 §3.5).
    const readable = ['7bit', '8bit', 'binary'].includes(entity.part.encoding);
    const bounded = this.#withinBounds();
    if (readable && !bounded) this.#truncated = true;
    if (readable && bounded) this.#open(position, defaultContentType, true);
  }

  #withinBounds(): boolean {
    return this.#stack.length < this.#limits.depthMax && this.#parts < this.#limits.partsMax;
  }

  #inFirstMessage(): boolean {
    return this.#stack.every((entity, index) => index === 0 || !entity.isMessage);
  }

  #closeTop(end: number, lines: number): void {
    const entity = this.#stack.pop();
    if (entity === undefined) return;
    this.#closeBoundary(entity);
    const { part } = entity;
    part.body.end = Math.max(part.body.start, end);
    part.lines = Math.max(0, lines - entity.linesBefore);
    this.#preview.end(entity.whole ?? part, part.body.end);
    if (entity.whole !== undefined)
      Object.assign(entity.whole, { body: { ...part.body }, lines: part.lines });
    if (part.type === 'multipart' && part.parts.length === 0) part.parts.push(wholeBody(part));
    const parent = this.#stack.at(-1);
    if (entity.isMessage && parent !== undefined) {
      parent.part.message = { envelope: entity.envelope, structure: part };
    } else if (isMessageType(part) && part.message === undefined) {
      part.message = { envelope: emptyEnvelope, structure: emptyPart(part.body.start) };
    }
  }
}

/** Lines of a message end in CR LF or LF; both count as blank when nothing is before them. */
function isBlankLine(text: string, at: number, newline: number): boolean {
  return newline === at || (newline === at + 1 && text.charCodeAt(at) === cr);
}

function isMessageType(part: { readonly type: string; readonly subtype: string }): boolean {
  return part.type === 'message' && (part.subtype === 'rfc822' || part.subtype === 'global');
}

/** Bytes as characters, without the white space that RFC 2046 §5.1.1 forbids at its end. */
function declaredBoundary(part: OpenPart): string {
  return Buffer.from(findParameter(part.parameters, 'boundary') ?? '')
    .toString('latin1')
    .trimEnd();
}

function wholeBody(part: OpenPart): OpenPart {
  return {
    ...emptyPart(part.body.start),
    body: { start: part.body.start, end: part.body.end },
    lines: part.lines,
  };
}

function newEntity(position: number, fallback: ContentType, isMessage: boolean): Entity {
  return {
    part: emptyPart(position),
    isMessage,
    fallback,
    boundary: undefined,
    whole: undefined,
    linesBefore: 0,
    envelope: emptyEnvelope,
  };
}

function emptyPart(position: number): OpenPart {
  return {
    ...defaultContentType,
    id: undefined,
    description: undefined,
    encoding: '7bit',
    disposition: undefined,
    languages: [],
    location: undefined,
    md5: undefined,
    header: { start: position, end: position },
    body: { start: position, end: position },
    lines: 0,
    parts: [],
    message: undefined,
  };
}

/** The whole at once. */
export function parseMessage(bytes: Uint8Array, limits: MessageLimits = messageLimits): MessageSummary {
  const parser = new MessageParser(limits);
  parser.push(bytes);
  return parser.finish();
}
