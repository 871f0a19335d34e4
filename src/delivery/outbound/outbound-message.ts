import { isAscii } from 'node:buffer';
import { convertLongLines, convertTo7Bit } from '#mail/convert-7bit.ts';
import { LineLengths, lineOctetsMax } from '#mail/line-lengths.ts';
import { asBuffer } from '#mail/octets.ts';
import { needsSmtpUtf8 } from '#mail/address.ts';
import { createLineNormalizer } from '#mail/serialize.ts';
import { BodyHash } from '#mailauth/dkim/body-hash.ts';
import type { DkimSigner, SigningChoice } from '#mailauth/dkim-signer.ts';
import type { Blobs } from '#platform/blobs.ts';
import type { MessageBody } from '#store/contract/messages.ts';
import type { QueueEntry } from '#store/contract/queue.ts';
import { HeaderTap } from './header-tap.ts';
import type { OutboundContent, SendRequest, UnfitContent } from './transport.ts';

export interface OutboundMessageParts {
  readonly entry: QueueEntry;
  readonly blobs: Blobs;
  readonly signer: DkimSigner;
  readonly choice: SigningChoice;
  /** Fields that stand in front of everything, also of a signature. */
  readonly front?: string;
}

/** Thrown while our own copy is read; the transport and `create-outbound.ts` catch it. */
export class UnreadableBody extends Error {}

type Can = Parameters<SendRequest['content']>[0];
type Chunks = () => AsyncIterable<Uint8Array>;

/** RFC 6531 §3.5. */
export const needsUtf8: UnfitContent = {
  status: '5.6.7',
  unfit: 'the server does not take addresses or headers in UTF-8 (SMTPUTF8)',
};
/** RFC 3463 §3.7 (X.6.3). */
const notConvertible: UnfitContent = {
  status: '5.6.3',
  unfit: 'the server takes no 8-bit or binary messages, and this one may not be converted',
};
const linesTooLong: UnfitContent = {
  status: '5.6.3',
  unfit: `the message has lines of more than ${lineOctetsMax} octets where nothing may be changed (signed or encrypted parts, addresses)`,
};

/** What one pass over the bytes tells. */
interface Scan {
  readonly sizeBytes: number;
  readonly eightBit: boolean;
  /** RFC 5321 §4.5.3.1.6: longer than a server has to take. */
  readonly longLine: boolean;
  readonly header: Uint8Array;
  readonly bodyHash: string;
}

/**
 * A queued message on its way out: lines made proper, made fit for what the next server takes, then signed, and then
 * nothing changes it any more (I-40). Large bodies are read again for each pass and never held.
 */
export class OutboundMessage {
  readonly #parts: OutboundMessageParts;
  readonly #made = new Map<string, Promise<OutboundContent | UnfitContent>>();
  #scan: Promise<Scan> | undefined;

  constructor(parts: OutboundMessageParts) {
    this.#parts = parts;
  }

  get sizeBytes(): number {
    return this.#parts.entry.summary.sizeBytes;
  }

  /** Does it need SMTPUTF8 for its header? Declared alone is not needed (RFC 6531 §3.4). */
  async headerNeedsUtf8(): Promise<boolean> {
    if (!this.#parts.entry.smtpUtf8) return false;
    return !isAscii((await this.#scanned()).header);
  }

  /** The same answer for the same kind of server, made once. */
  content(can: Can): Promise<OutboundContent | UnfitContent> {
    const key = [can.eightBit, can.binary, can.smtpUtf8].join(' ');
    const known = this.#made.get(key);
    if (known !== undefined) return known;
    const made = this.#make(can);
    this.#made.set(key, made);
    return made;
  }

  async #make(can: Can): Promise<OutboundContent | UnfitContent> {
    const { entry } = this.#parts;
    const binary = entry.bodyType === 'binary';
    const scan = await this.#scanned();
    if (!can.smtpUtf8 && (await this.headerNeedsUtf8())) return needsUtf8;
    if (binary && can.binary) return this.#signed(this.#raw(), 'binary');
    const eightBit = !binary && can.eightBit;
    if (!binary && !scan.longLine && (!scan.eightBit || eightBit)) {
      return this.#signed(this.#normalized(), scan);
    }
    const convert = eightBit ? convertLongLines : convertTo7Bit;
    const converted = convert(await whole(this.#raw()), entry.summary);
    if (converted !== undefined) return this.#signed(normalized(once(converted)));
    return scan.longLine ? linesTooLong : notConvertible;
  }

  async #signed(chunks: Chunks, known?: Scan | 'binary'): Promise<OutboundContent> {
    const isBinary = known === 'binary';
    const scan = isBinary || known === undefined ? await scanOf(chunks) : known;
    const { choice, signer, front = '' } = this.#parts;
    const signed = choice.kind === 'sign' ? await signer.sign(choice, scan) : '';
    const signature = Buffer.from(front + signed);
    return {
      sizeBytes: signature.length + scan.sizeBytes,
      bodyType: isBinary ? 'binary' : scan.eightBit ? '8bit' : '7bit',
      chunks: () => inFront(signature, chunks()),
    };
  }

  #scanned(): Promise<Scan> {
    this.#scan ??= scanOf(this.#normalized());
    return this.#scan;
  }

  #raw(): Chunks {
    const { entry, blobs } = this.#parts;
    return () => bodyChunks(entry.body, blobs);
  }

  #normalized(): Chunks {
    return normalized(this.#raw());
  }
}

/** Which addresses or header make SMTPUTF8 necessary for a lease's recipients. */
export function addressesNeedUtf8(entry: QueueEntry, recipients: readonly number[]): boolean {
  if (entry.from !== undefined && needsSmtpUtf8(entry.from)) return true;
  return recipients.some((index) => {
    const address = entry.recipients[index]?.address;
    return address !== undefined && needsSmtpUtf8(address);
  });
}

async function scanOf(chunks: Chunks): Promise<Scan> {
  const hash = new BodyHash('relaxed');
  const tap = new HeaderTap();
  let sizeBytes = 0;
  const lines = new LineLengths();
  let eightBit = false;
  for await (const chunk of chunks()) {
    sizeBytes += chunk.length;
    eightBit ||= !isAscii(chunk);
    lines.see(asBuffer(chunk));
    const body = tap.push(chunk);
    if (body !== undefined) hash.update(body);
  }
  const bodyHash = hash.end().digest.toString('base64');
  return { sizeBytes, eightBit, longLine: lines.isLong, header: tap.header, bodyHash };
}

async function* bodyChunks(body: MessageBody, blobs: Blobs): AsyncIterable<Uint8Array> {
  if (body.kind === 'bytes') {
    yield body.bytes;
    return;
  }
  for await (const frame of blobs.open(body.id, body.key)) {
    if (!frame.ok) throw new UnreadableBody(`${frame.error.code}: ${frame.error.detail}`);
    yield frame.value;
  }
}

function normalized(chunks: Chunks): Chunks {
  return async function* lines() {
    const normalizer = createLineNormalizer();
    for await (const chunk of chunks()) {
      const out = normalizer.push(chunk);
      if (out.length > 0) yield out;
    }
    const rest = normalizer.finish();
    if (rest.length > 0) yield rest;
  };
}

function once(bytes: Uint8Array): Chunks {
  return async function* one() {
    yield bytes;
  };
}

async function* inFront(head: Uint8Array, chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  if (head.length > 0) yield head;
  yield* chunks;
}

async function whole(chunks: Chunks): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks()) all.push(chunk);
  return Buffer.concat(all);
}
