import { isAscii } from 'node:buffer';
import type { Awaitable } from '#base/result.ts';
import type { BlobTrouble, Blobs } from '#platform/blobs.ts';
import type { HeaderBlock } from '#mail/header.ts';
import { messageLimits } from '#mail/message-limits.ts';
import { MessageParser } from '#mail/message-parser.ts';
import type { MessageSummary } from '#mail/summary.ts';
import type { BodySink } from '#policy/body-sink.ts';
import type { MessageBody } from '#store/contract/messages.ts';
import { messageTooLarge } from './check-sender.ts';
import type { Finding } from './finding.ts';
import { HeaderGate } from './header-gate.ts';
import type { IntakeSettings } from './intake-settings.ts';
import type { HeaderVerdict } from './judge-header.ts';
import { LineMender } from './line-mender.ts';
import { refusalOfTrouble, refuse } from './refusal.ts';
import { Spool } from './spool.ts';

export interface BodyParts {
  readonly blobs: Blobs;
  readonly settings: IntakeSettings;
  /** Goes in front: our Received field. */
  readonly prefix: Uint8Array;
  /** Bare CR, LF and NUL are mended on the way. */
  readonly mends: boolean;
  readonly judge: (header: Buffer) => HeaderVerdict;
  /** Who hears of the body as it comes, once the header was judged. */
  readonly watch?: (header: HeaderBlock) => BodySink | undefined;
  /** The header as it is kept; on submission completed (RFC 6409 §8). */
  readonly complete: (header: Buffer, block: HeaderBlock) => Buffer;
}

export interface WholeBody {
  readonly body: MessageBody;
  readonly summary: MessageSummary;
  readonly eightBit: boolean;
}

export type BodyEnd =
  | { readonly kind: 'whole'; readonly whole: WholeBody }
  | { readonly kind: 'unfit'; readonly finding: Finding };

/**
 * Takes a message's bytes as they come: mended, held until the header is whole, then parsed and kept in one pass. The
 * first thing found wrong is remembered, what was kept is thrown away, and the rest is only counted.
 */
export class BodyIntake {
  readonly #parts: BodyParts;
  readonly #mender: LineMender | undefined;
  readonly #gate: HeaderGate;
  #parser: MessageParser | undefined;
  readonly #spool: Spool;
  #finding: Finding | undefined;
  #block: HeaderBlock | undefined;
  #watch: BodySink | undefined;
  #sizeBytes = 0;
  #eightBit = false;

  constructor(parts: BodyParts) {
    this.#parts = parts;
    this.#mender = parts.mends ? new LineMender() : undefined;
    this.#gate = new HeaderGate(parts.settings.headerBytesMax);
    this.#spool = new Spool(parts.blobs);
  }

  /** As sent, without what we add. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** The header as it was sent, once it is whole. */
  get header(): HeaderBlock | undefined {
    return this.#block;
  }

  write(bytes: Uint8Array): Awaitable<void> {
    this.#sizeBytes += bytes.byteLength;
    if (this.#finding !== undefined) return undefined;
    const { settings } = this.#parts;
    if (this.#sizeBytes > settings.messageBytesMax) {
      return this.#fail({ check: 'size', refusal: messageTooLarge(settings) });
    }
    return this.#take(this.#mender?.push(bytes) ?? bytes);
  }

  async finish(): Promise<BodyEnd> {
    const owed = this.#mender?.end();
    if (owed !== undefined && owed.byteLength > 0) await this.#take(owed);
    if (this.#block === undefined && this.#finding === undefined) await this.#open(this.#gate.end());
    if (this.#finding !== undefined) return { kind: 'unfit', finding: this.#finding };
    const body = await this.#spool.finish();
    if (!body.ok) return { kind: 'unfit', finding: spoolFinding(body.error) };
    const parser = this.#parser;
    if (parser === undefined) throw new Error('a message is whole without a header');
    return {
      kind: 'whole',
      whole: { body: body.value, summary: parser.finish(), eightBit: this.#eightBit },
    };
  }

  discard(): Awaitable<void> {
    return this.#spool.discard();
  }

  #take(bytes: Uint8Array): Awaitable<void> {
    if (!this.#eightBit && !isAscii(bytes)) this.#eightBit = true;
    if (this.#block !== undefined) return this.#keepBody(bytes);
    const gate = this.#gate.push(bytes);
    if (gate.kind === 'more') return undefined;
    if (gate.kind === 'too-large') return this.#fail(headerTooLarge(this.#parts.settings));
    return this.#opened(gate.header, gate.rest);
  }

  #opened(header: Buffer, rest: Uint8Array): Awaitable<void> {
    const opening = this.#open(header);
    if (this.#finding !== undefined || rest.byteLength === 0) return opening;
    return opening === undefined ? this.#keepBody(rest) : opening.then(() => this.#keepBody(rest));
  }

  /** The header is whole: judged, completed, and kept behind our own field. */
  #open(header: Buffer): Promise<void> | undefined {
    const verdict = this.#parts.judge(header);
    if (verdict.kind === 'unfit') return asPromise(this.#fail(verdict.finding));
    this.#block = verdict.block;
    this.#watch = this.#parts.watch?.(verdict.block);
    const complete = this.#parts.complete(header, verdict.block);
    this.#parser = this.#parse(complete, complete === header ? verdict.block : undefined);
    const prefixed = asPromise(this.#spool.write(this.#parts.prefix));
    return prefixed === undefined
      ? asPromise(this.#spool.write(complete))
      : prefixed.then(() => this.#spool.write(complete));
  }

  /** One reading of the message serves all. What was judged is not taken apart again, where it is kept as it was. */
  #parse(header: Buffer, block: HeaderBlock | undefined): MessageParser {
    const { prefix } = this.#parts;
    const parser = new MessageParser(messageLimits, { watch: this.#watch?.parts });
    if (block?.bodyStart === header.length && parser.begin(block, prefix.length + header.length))
      return parser;
    parser.push(prefix);
    parser.push(header);
    return parser;
  }

  #keepBody(bytes: Uint8Array): Awaitable<void> {
    if (this.#watch?.wantsBody === true) this.#watch.update(bytes);
    this.#parser?.push(bytes);
    return this.#spool.write(bytes);
  }

  #fail(finding: Finding): Awaitable<void> {
    this.#finding = finding;
    return this.#spool.discard();
  }
}

function asPromise(maybe: Awaitable<void>): Promise<void> | undefined {
  return maybe instanceof Promise ? maybe : undefined;
}

/** I-64. */
function headerTooLarge(settings: IntakeSettings): Finding {
  const text = `the message header is larger than the ${settings.headerBytesMax} bytes that are taken here`;
  return { check: 'header', refusal: refuse({ code: 552, detail: '3.4', text }) };
}

function spoolFinding(trouble: BlobTrouble): Finding {
  const refusal = refusalOfTrouble(
    trouble.code === 'disk-full' ? trouble : { code: 'unavailable', detail: trouble.detail },
  );
  return { check: 'queue', refusal, evidence: { trouble: trouble.code, detail: trouble.detail } };
}
