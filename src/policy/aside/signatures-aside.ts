import type { HeaderBlock } from '#mail/header.ts';
import type { ArcOutcome } from '#mailauth/arc/arc-outcome.ts';
import { dkimSignaturesMax } from '#mailauth/dkim/bounds.ts';
import type { DkimReport } from '#mailauth/dkim/dkim-outcome.ts';
import type { DmarcOutcome } from '#mailauth/dmarc/dmarc-outcome.ts';
import { readSignatures } from '#mailauth/message-signatures.ts';
import type { MessageSignatures, VerifyWorld } from '#mailauth/message-signatures.ts';
import type { AskingResolver } from '../asking-resolver.ts';
import { authenticateMs } from './authenticate-mail.ts';
import type { AuthenticatedMail, AuthenticationEngine, AuthorSide } from './authenticate-mail.ts';
import type { JudgedSignatures } from './judged-signatures.ts';

/** Of a body that is handed over whole. A larger one is hashed piece by piece as it comes, where it comes. */
export const asideBodyBytesMax = 64 * 1024;

export interface AsideWorld extends VerifyWorld {
  readonly resolver: AskingResolver;
  readonly engine: AuthenticationEngine;
}

/**
 * The signatures of a message, given to an engine when it is whole, which spares the thread of the connections a sixth of
 * what a message costs there. What the engine has no turn for, or does not answer, is done here instead, as is a chain of
 * ARC: what comes out is the same.
 */
export class SignaturesAside implements JudgedSignatures {
  readonly dkimSignatures: number;
  readonly sealers = [];
  readonly wantsBody = true;
  readonly #block: HeaderBlock;
  readonly #world: AsideWorld;
  #chunks: Uint8Array[] = [];
  #bodyBytes = 0;
  /** Once it is done on this thread. */
  #here: MessageSignatures | undefined;
  #answer: Promise<AuthenticatedMail | undefined> | undefined;

  /** @param dkimSignatures at least one; @param block without a chain of ARC */
  constructor(block: HeaderBlock, dkimSignatures: number, world: AsideWorld) {
    this.#block = block;
    this.dkimSignatures = dkimSignatures;
    this.#world = world;
  }

  update(chunk: Uint8Array): void {
    if (this.#here !== undefined) {
      this.#here.update(chunk);
      return;
    }
    this.#chunks.push(chunk);
    this.#bodyBytes += chunk.byteLength;
    if (this.#bodyBytes > asideBodyBytesMax) this.#readHere();
  }

  async dkim(author?: () => AuthorSide | undefined): Promise<DkimReport> {
    if (this.#here === undefined) this.#answer ??= this.#handOver(author?.());
    const answer = await this.#answer;
    return answer?.dkim ?? (await this.#readHere().dkim());
  }

  async dmarc(): Promise<DmarcOutcome | undefined> {
    const answer = await this.#answer;
    return answer?.dmarc;
  }

  arc(): Promise<ArcOutcome> {
    return this.#readHere().arc();
  }

  async #handOver(author: AuthorSide | undefined): Promise<AuthenticatedMail | undefined> {
    const { engine, resolver } = this.#world;
    const tellAsked = resolver.setApart(dkimSignaturesMax);
    if (tellAsked === undefined) return undefined;
    const { text, bodyStart } = this.#block;
    const mail = { header: text.slice(0, bodyStart), body: this.#body(), author };
    const answer = await engine.run(mail, authenticateMs);
    tellAsked(answer.ok ? answer.value.questions : []);
    return answer.ok ? answer.value : undefined;
  }

  /** A copy of its own: what is sent to a thread takes all memory along that lies around it. */
  #body(): Uint8Array {
    const body = new Uint8Array(this.#bodyBytes);
    let at = 0;
    for (const chunk of this.#chunks) {
      body.set(chunk, at);
      at += chunk.byteLength;
    }
    return body;
  }

  #readHere(): MessageSignatures {
    if (this.#here === undefined) {
      this.#here = readSignatures(this.#block, this.#world);
      for (const chunk of this.#chunks) this.#here.update(chunk);
      this.#chunks = [];
    }
    return this.#here;
  }
}
