import { BoundarySet } from './boundary-set.ts';
import { emptyEnvelope, readEnvelope, readReferences } from './envelope.ts';
import type { HeaderBlock } from './header.ts';
import { boundaryCharsMax } from './message-limits.ts';
import type { MessageLimits } from './message-limits.ts';
import { emptyPart, isMessageType, newEntity, wholeBody } from './open-part.ts';
import type { Entity, OpenPart } from './open-part.ts';
import { findParameter } from './parameters.ts';
import { defaultContentType, digestContentType, readPartHeader } from './part-header.ts';
import type { ContentType } from './part-header.ts';
import type { PartWatch } from './part-watch.ts';
import type { PreviewCapture } from './preview.ts';

/** A place in the message: bytes before it, and line feeds before it. */
export interface Place {
  readonly position: number;
  readonly lines: number;
}

/**
 * The parts of a message while it is read: which of them are open, which boundaries end them, what is inside what. It
 * is told of headers and delimiters with their places, and holds no text but boundaries.
 */
export class PartTree {
  readonly root = newEntity(0, defaultContentType, true);
  readonly #limits: MessageLimits;
  readonly #preview: PreviewCapture | undefined;
  readonly #watch: PartWatch | undefined;
  readonly #stack: Entity[] = [this.root];
  readonly #boundaries = new BoundarySet<Entity>();
  #parts = 1;
  /** Of the outermost header. */
  references: readonly string[] = [];
  /** A bound stopped the splitting. */
  truncated = false;

  /** @param preview without it envelopes and references stay empty too: what is wanted is the structure */
  constructor(limits: MessageLimits, preview: PreviewCapture | undefined, watch?: PartWatch) {
    this.#limits = limits;
    this.#preview = preview;
    this.#watch = watch;
  }

  /** May a line be a delimiter at all? */
  get hasBoundaries(): boolean {
    return !this.#boundaries.isEmpty;
  }

  /** The boundary that stands here in a line, and whose it is (decision M-16). */
  boundaryAt(text: string, at: number): ReturnType<BoundarySet<Entity>['longestAt']> {
    return this.#boundaries.longestAt(text, at);
  }

  /** A delimiter of this multipart: what is open inside it ends here. */
  delimit(multipart: Entity, content: Place, isClose: boolean): void {
    while (this.#stack.length > 1 && this.#stack.at(-1) !== multipart) this.#closeTop(content);
    if (isClose) this.#closeBoundary(multipart);
  }

  /** The delimiter's line is over: a part begins with its header. */
  beginPart(position: number): void {
    const multipart = this.#stack.at(-1);
    const fallback = multipart?.part.subtype === 'digest' ? digestContentType : defaultContentType;
    this.#open(position, fallback, false);
    // The last part that is counted takes all that follows.
    if (this.#parts >= this.#limits.partsMax) this.#stopSplitting();
  }

  /** The header of the innermost part; `true` when its body is a message, whose header comes next. */
  endHeader(block: HeaderBlock, { position, lines }: Place): boolean {
    const entity = this.#stack.at(-1);
    if (entity === undefined) return false;
    this.#readHeader(entity, block);
    entity.part.header.end = position;
    entity.part.body.start = position;
    entity.part.body.end = position;
    entity.linesBefore = lines;
    return this.#enter(entity, position);
  }

  /** The message is over. */
  closeAll(end: Place): void {
    while (this.#stack.length > 0) this.#closeTop(end);
  }

  /** From here on its delimiters are text (of the epilogue). */
  #closeBoundary(entity: Entity): void {
    if (entity.boundary !== undefined) this.#boundaries.remove(entity.boundary, entity);
    entity.boundary = undefined;
  }

  #stopSplitting(): void {
    this.truncated = true;
    this.#boundaries.clear();
    for (const entity of this.#stack) entity.boundary = undefined;
  }

  #open(position: number, fallback: ContentType, isMessage: boolean): void {
    const parent = this.#stack.at(-1);
    const entity = newEntity(position, fallback, isMessage);
    if (!isMessage) parent?.part.parts.push(entity.part);
    this.#stack.push(entity);
    this.#parts += 1;
  }

  #readHeader(entity: Entity, block: HeaderBlock): void {
    Object.assign(entity.part, readPartHeader(block, entity.fallback));
    if (entity.isMessage) this.#watch?.header(entity.part, block);
    if (this.#preview === undefined) return;
    if (entity.isMessage) entity.envelope = readEnvelope(block);
    if (entity === this.root) this.references = readReferences(block);
  }

  /** What kind of body follows? `true`: a message. */
  #enter(entity: Entity, position: number): boolean {
    const { part } = entity;
    if (part.type === 'multipart') this.#enterMultipart(entity, position);
    else if (isMessageType(part)) return this.#enterMessage(entity, position);
    else this.#enterLeaf(part, position);
    return false;
  }

  #enterMultipart(entity: Entity, position: number): void {
    const boundary = declaredBoundary(entity.part);
    const bounded = this.#withinBounds() && boundary.length <= boundaryCharsMax;
    if (boundary !== '' && bounded) {
      entity.boundary = boundary;
      this.#boundaries.add(boundary, entity);
      return;
    }
    if (!bounded) this.truncated = true;
    entity.whole = wholeBody(entity.part);
    entity.part.parts.push(entity.whole);
    this.#enterLeaf(entity.whole, position);
  }

  #enterLeaf(part: OpenPart, position: number): void {
    if (this.#preview !== undefined && this.#inFirstMessage()) this.#preview.offer(part, position);
    this.#watch?.begin(part);
  }

  #enterMessage(entity: Entity, position: number): boolean {
    // An encoded message is not looked into (RFC 2046 §5.2.1 forbids it; message/global may be, RFC 6532 §3.5).
    const readable = ['7bit', '8bit', 'binary'].includes(entity.part.encoding);
    const bounded = this.#withinBounds();
    if (readable && !bounded) this.truncated = true;
    if (!readable || !bounded) {
      this.#watch?.begin(entity.part);
      return false;
    }
    this.#open(position, defaultContentType, true);
    return true;
  }

  #withinBounds(): boolean {
    return this.#stack.length < this.#limits.depthMax && this.#parts < this.#limits.partsMax;
  }

  #inFirstMessage(): boolean {
    return this.#stack.every((entity, index) => index === 0 || !entity.isMessage);
  }

  #closeTop({ position, lines }: Place): void {
    const entity = this.#stack.pop();
    if (entity === undefined) return;
    this.#closeBoundary(entity);
    const { part } = entity;
    part.body.end = Math.max(part.body.start, position);
    part.lines = Math.max(0, lines - entity.linesBefore);
    this.#preview?.end(entity.whole ?? part, part.body.end);
    this.#watch?.end(entity.whole ?? part);
    if (entity.whole !== undefined)
      Object.assign(entity.whole, { body: { ...part.body }, lines: part.lines });
    if (part.type === 'multipart' && part.parts.length === 0) part.parts.push(wholeBody(part));
    this.#closeMessage(entity);
  }

  /** A message goes to the part that it is the body of; a part that has none inside gets an empty one. */
  #closeMessage({ part, envelope, isMessage }: Entity): void {
    const parent = this.#stack.at(-1);
    if (isMessage && parent !== undefined) parent.part.message = { envelope, structure: part };
    else if (isMessageType(part) && part.message === undefined)
      part.message = { envelope: emptyEnvelope, structure: emptyPart(part.body.start) };
  }
}

/** Bytes as characters, without the white space that RFC 2046 §5.1.1 forbids at its end. */
function declaredBoundary(part: OpenPart): string {
  return Buffer.from(findParameter(part.parameters, 'boundary') ?? '')
    .toString('latin1')
    .trimEnd();
}
