import { ByteCollector } from '#base/byte-collector.ts';

/** S-09: what is held of attached files until their message is whole. */
export const heldBounds = {
  /** Of one message, together. */
  messageBytesMax: 8 * 1024 * 1024,
  /** Of all messages that are coming in. */
  allBytesMax: 64 * 1024 * 1024,
  /** Files of one message. */
  filesMax: 16,
  /** Smaller pictures hold no code that a camera reads: spacers and the pixels of trackers. */
  imageBytesMin: 90,
} as const;

/** The room that the files of all messages share, so that many senders together cannot take the memory. */
export class HeldRoom {
  readonly #bytesMax: number;
  #taken = 0;

  constructor(bytesMax: number = heldBounds.allBytesMax) {
    this.#bytesMax = bytesMax;
  }

  get takenBytes(): number {
    return this.#taken;
  }

  take(bytes: number): boolean {
    if (this.#taken + bytes > this.#bytesMax) return false;
    this.#taken += bytes;
    return true;
  }

  give(bytes: number): void {
    this.#taken -= bytes;
  }
}

/** The files of one message; `release` is owed when it is over, one way or the other. */
export class HeldFiles {
  readonly #room: HeldRoom;
  #files = 0;
  #bytes = 0;

  constructor(room: HeldRoom) {
    this.#room = room;
  }

  /** `undefined`: the message has as many as are held. */
  open(): HeldFile | undefined {
    if (this.#files >= heldBounds.filesMax) return undefined;
    this.#files += 1;
    return new HeldFile((bytes) => this.#take(bytes));
  }

  /** Nothing of them is held any more. */
  release(): void {
    this.#room.give(this.#bytes);
    this.#bytes = 0;
  }

  #take(bytes: number): 'taken' | 'message-full' | 'all-full' {
    if (this.#bytes + bytes > heldBounds.messageBytesMax) return 'message-full';
    if (!this.#room.take(bytes)) return 'all-full';
    this.#bytes += bytes;
    return 'taken';
  }
}

/** One file while it comes in. */
export class HeldFile {
  readonly #take: (bytes: number) => 'taken' | 'message-full' | 'all-full';
  readonly #held = new ByteCollector();
  #full: 'message-full' | 'all-full' | undefined;

  constructor(take: (bytes: number) => 'taken' | 'message-full' | 'all-full') {
    this.#take = take;
  }

  append(octets: Uint8Array): void {
    if (this.#full !== undefined) return;
    const taken = this.#take(octets.length);
    if (taken === 'taken') this.#held.append(octets);
    else this.#full = taken;
  }

  /** Why there is more of it than is held. */
  get full(): 'message-full' | 'all-full' | undefined {
    return this.#full;
  }

  bytes(): Uint8Array {
    return this.#held.view();
  }
}
