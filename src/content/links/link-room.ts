import { HeldRoom } from '../attachments/held-files.ts';
import { linkBounds } from './link-bounds.ts';

/**
 * What the searches of all messages share, so that many senders together take neither the memory nor the time of others:
 * room for texts that are coming in, and time beyond what each message has for itself.
 */
export class LinkRoom {
  readonly texts: HeldRoom;
  readonly #now: () => number;
  #leftMs: number = linkBounds.sharedMsMax;
  #seenMs: number;

  /** @param now monotonic; where it is left out time does not pass: whoever asks has a limit of his own */
  constructor(now: () => number = () => 0, textBytesMax: number = linkBounds.allTextBytesMax) {
    this.texts = new HeldRoom(textBytesMax);
    this.#now = now;
    this.#seenMs = now();
  }

  now(): number {
    return this.#now();
  }

  get hasTime(): boolean {
    const nowMs = this.#now();
    const gainedMs = (nowMs - this.#seenMs) * linkBounds.sharedPart;
    this.#leftMs = Math.min(linkBounds.sharedMsMax, this.#leftMs + gainedMs);
    this.#seenMs = nowMs;
    return this.#leftMs > 0;
  }

  spend(ms: number): void {
    this.#leftMs -= ms;
  }
}

/** What one message has of it; `release` is owed when it is over, one way or the other. */
export class LinkShare {
  readonly #room: LinkRoom;
  #bytes = 0;
  #spentMs = 0;

  constructor(room: LinkRoom) {
    this.#room = room;
  }

  /** False: the texts of all messages take up the room already. */
  take(bytes: number): boolean {
    if (!this.#room.texts.take(bytes)) return false;
    this.#bytes += bytes;
    return true;
  }

  give(bytes: number): void {
    this.#room.texts.give(bytes);
    this.#bytes -= bytes;
  }

  /** Nothing is held any more. */
  release(): void {
    this.give(this.#bytes);
  }

  /** Is there time to read on? Each message has some that nobody can take from it. */
  get hasTime(): boolean {
    if (this.#spentMs < linkBounds.ownMs) return true;
    return this.#spentMs < linkBounds.messageMsMax && this.#room.hasTime;
  }

  /** Reading that takes of the message's time. */
  timed(read: () => void): void {
    const beginMs = this.#room.now();
    read();
    const ms = this.#room.now() - beginMs;
    const beforeMs = Math.max(this.#spentMs, linkBounds.ownMs);
    this.#spentMs += ms;
    if (this.#spentMs > beforeMs) this.#room.spend(this.#spentMs - beforeMs);
  }
}
