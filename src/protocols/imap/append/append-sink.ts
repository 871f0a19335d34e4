import { Buffer } from 'node:buffer';
import type { MailboxId } from '#base/id.ts';
import type { Result } from '#base/result.ts';
import { err, ok } from '#base/result.ts';
import { MessageParser } from '#mail/message-parser.ts';
import type { BlobTrouble, BlobWriter } from '#platform/blobs.ts';
import { inlineBodyBytesMax } from '#store/contract/messages.ts';
import type { MessageBody } from '#store/contract/messages.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { answer } from '../command.ts';
import type { Answer, LiteralSink } from '../command.ts';
import { bad, okay, refused } from '../response/done.ts';
import { targetTroubleDone, troubleDone } from '../response/trouble.ts';
import type { AccountWorld } from '../world.ts';

export interface AppendPlan {
  readonly mailbox: MailboxId;
  readonly flags: readonly string[];
  readonly internalDateMs: number;
  readonly sizeBytes: number;
  /** `~{n}`: NUL is allowed (RFC 3516 §4.4). */
  readonly binary: boolean;
}

/** A message on its way into a mailbox, byte for byte: parsed as it comes; large ones go to the blobs. */
export function openAppendSink(world: AccountWorld, plan: AppendPlan): LiteralSink {
  return new AppendSink(world, plan);
}

/** Where the bytes of the body go. */
interface BodyStore {
  write(bytes: Uint8Array): void | Promise<void>;
  commit(): Promise<Result<MessageBody, Trouble>>;
  discard(): void | Promise<void>;
}

class AppendSink implements LiteralSink {
  readonly #world: AccountWorld;
  readonly #plan: AppendPlan;
  readonly #body: BodyStore;
  readonly #parser = new MessageParser();
  #hasNul = false;

  constructor(world: AccountWorld, plan: AppendPlan) {
    this.#world = world;
    this.#plan = plan;
    this.#body =
      plan.sizeBytes > inlineBodyBytesMax ? blobBody(world.store.blobs.create()) : memoryBody(plan.sizeBytes);
  }

  write(bytes: Uint8Array): void | Promise<void> {
    this.#hasNul ||= !this.#plan.binary && bytes.includes(0);
    this.#parser.push(bytes);
    return this.#body.write(bytes);
  }

  async end(rest: string): Promise<Answer> {
    // RFC 9051 §4.3: a literal holds no NUL, a literal8 may. What a message is made of is not changed, so it is refused.
    if (this.#hasNul) return this.#refuse(refused('A message with NUL needs a binary literal', 'CANNOT'));
    if (rest !== '') return this.#refuse(bad('Nothing may follow the message'));
    if (this.#plan.sizeBytes === 0) return this.#refuse(refused('There is no message in it', 'CANNOT'));
    const body = await this.#body.commit();
    if (!body.ok) return answer(troubleDone(body.error));
    return this.#append(body.value);
  }

  async abandon(): Promise<void> {
    await this.#body.discard();
  }

  async #append(body: MessageBody): Promise<Answer> {
    const { store, account } = this.#world;
    const { mailbox, flags, internalDateMs } = this.#plan;
    const message = { prefix: new Uint8Array(), body, summary: this.#parser.finish(), internalDateMs, flags };
    const appended = await store.messages.append(account, mailbox, [message]);
    // The store has its own name for a large body by now, or none.
    if (body.kind === 'blob') await store.blobs.remove(body.id);
    if (!appended.ok) return answer(targetTroubleDone(appended.error));
    const [first] = appended.value;
    return answer(
      okay('Appended', first === undefined ? undefined : `APPENDUID ${first.uidValidity} ${first.uid}`),
    );
  }

  async #refuse(done: ReturnType<typeof refused>): Promise<Answer> {
    await this.#body.discard();
    return answer(done);
  }
}

function memoryBody(sizeBytes: number): BodyStore {
  const bytes = Buffer.alloc(sizeBytes);
  let used = 0;
  return {
    write: (piece) => {
      bytes.set(piece, used);
      used += piece.length;
    },
    commit: async () => ok({ kind: 'bytes', bytes }),
    discard: () => undefined,
  };
}

function blobBody(writer: BlobWriter): BodyStore {
  return {
    write: (piece) => writer.write(piece),
    commit: async () => {
      const committed = await writer.commit();
      return committed.ok ? ok({ kind: 'blob', ...committed.value }) : err(troubleOf(committed.error));
    },
    discard: () => writer.discard(),
  };
}

function troubleOf(trouble: BlobTrouble): Trouble {
  return trouble.code === 'disk-full'
    ? { code: 'disk-full', detail: trouble.detail }
    : { code: 'unavailable', detail: trouble.detail };
}
