import { ByteCollector } from '#base/byte-collector.ts';
import type { HeldRoom } from '#content/attachments/held-files.ts';
import type { HeaderBlock } from '#mail/header.ts';
import { findFields } from '#mail/header.ts';
import type { ArcOutcome } from '#mailauth/arc/arc-outcome.ts';
import { dkimSignaturesMax } from '#mailauth/dkim/bounds.ts';
import type { DkimReport } from '#mailauth/dkim/dkim-outcome.ts';
import type { DmarcOutcome } from '#mailauth/dmarc/dmarc-outcome.ts';
import { readSignatures } from '#mailauth/message-signatures.ts';
import type { MessageSignatures, VerifyWorld } from '#mailauth/message-signatures.ts';
import type { AskingResolver } from '../asking-resolver.ts';
import { noArc } from '../facts/arc.ts';
import { authenticateMs } from './authenticate-mail.ts';
import type { AuthenticatedMail, AuthenticationEngine, AuthorSide } from './authenticate-mail.ts';
import type { JudgedSignatures } from './judged-signatures.ts';

/** S-09: of a header that is handed over; what a thread makes of one is a multiple of it. */
export const asideHeaderBytesMax = 32 * 1024;
/** S-09: of a body that is handed over, whole. A larger one is hashed piece by piece as it comes, where it comes. */
export const asideBodyBytesMax = 64 * 1024;

/** S-09: of the bodies of all messages that wait until they are whole. */
export const asideAllBytesMax = 16 * 1024 * 1024;

export interface AsideWorld extends VerifyWorld {
  readonly resolver: AskingResolver;
  readonly engine: AuthenticationEngine;
  /** That all messages share, of `asideAllBytesMax`. */
  readonly room: HeldRoom;
}

/**
 * The signatures of a message, given to an engine when it is whole, which spares the thread of the connections a fifth of what
 * a message costs there. What the engine has no turn for, or does not answer, is done here: what comes out is the same. `end` is
 * owed when the message is over, one way or the other.
 */
export class SignaturesAside implements JudgedSignatures {
  readonly dkimSignatures: number;
  readonly sealers = [];
  readonly wantsBody = true;
  readonly #block: HeaderBlock;
  readonly #world: AsideWorld;
  #body = new ByteCollector();
  /** Once it is done on this thread. */
  #here: MessageSignatures | undefined;
  #answer: Promise<AuthenticatedMail | undefined> | undefined;
  #isDmarcAsked = false;

  /** @param block with signatures and without a chain of ARC */
  constructor(block: HeaderBlock, world: AsideWorld) {
    this.#block = block;
    this.#world = world;
    this.dkimSignatures = findFields(block, 'dkim-signature').length;
  }

  update(chunk: Uint8Array): void {
    if (this.#here === undefined && this.#holds(chunk)) this.#body.append(chunk);
    else this.#readHere().update(chunk);
  }

  /** Lets go of the body. */
  end(): void {
    this.#world.room.give(this.#body.length);
    this.#body = new ByteCollector();
  }

  async dkim(author?: () => AuthorSide | undefined): Promise<DkimReport> {
    if (this.#here === undefined) this.#answer ??= this.#handOver(author?.());
    const answer = await this.#answer;
    return answer?.dkim ?? (await this.#readHere().dkim());
  }

  dmarc(): Promise<DmarcOutcome | undefined> | undefined {
    return this.#isDmarcAsked ? this.#answer?.then((answer) => answer?.dmarc) : undefined;
  }

  /** There is no chain. */
  arc(): Promise<ArcOutcome> {
    return Promise.resolve(noArc);
  }

  #holds({ byteLength }: Uint8Array): boolean {
    return this.#body.length + byteLength <= asideBodyBytesMax && this.#world.room.take(byteLength);
  }

  async #handOver(author: AuthorSide | undefined): Promise<AuthenticatedMail | undefined> {
    const { engine, resolver } = this.#world;
    const keys = Math.min(dkimSignaturesMax, this.dkimSignatures);
    const apart = resolver.setApart(keys, author !== undefined);
    if (apart === undefined) return undefined;
    this.#isDmarcAsked = author !== undefined;
    const { text, bodyStart } = this.#block;
    // A copy of its own: what is sent to a thread takes all memory along that lies around it.
    const mail = { header: text.slice(0, bodyStart), body: new Uint8Array(this.#body.view()), author };
    const answer = await engine.run(mail, authenticateMs);
    if (answer.ok) apart.asked(answer.value.questions, answer.value.dmarc !== undefined);
    else if (answer.error === 'busy') apart.asked([], false);
    else apart.lost();
    if (answer.ok) this.end();
    return answer.ok ? answer.value : undefined;
  }

  #readHere(): MessageSignatures {
    if (this.#here === undefined) {
      this.#here = readSignatures(this.#block, this.#world);
      this.#here.update(this.#body.view());
      this.end();
    }
    return this.#here;
  }
}
