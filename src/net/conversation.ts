import { Framer } from '#base/framing.ts';
import type { Awaitable } from '#base/result.ts';
import type { TlsFacts } from '#platform/dialer.ts';
import type {
  ClosedReason,
  ConnectionFacts,
  Frame,
  Next,
  ProtocolSession,
  SessionFactory,
  Turn,
} from '#protocols/conversation.ts';
import { BodyPace } from './body-pace.ts';
import { CompressedWire } from './compressed-wire.ts';
import type { ConnectionEvents } from './connection-event.ts';
import { Deadline } from './deadline.ts';
import { otherProtocol } from './other-protocol.ts';
import { OutBuffer } from './out-buffer.ts';
import type { Timers } from './timers.ts';
import type { Wire, WireListener } from './wire.ts';

/** Input read ahead of the session; beyond it the peer waits. */
const readAheadBytesMax = 64 * 1024;
/** Commands of one peer in a row before the others get their turn. */
const framesInARowMax = 128;
/** RFC 5321 §4.5.3.2.4: how long a peer may take to read what it asked for. */
const outputTimeoutMs = 5 * 60_000;

export interface ConversationParts {
  readonly wire: Wire;
  readonly facts: Omit<ConnectionFacts, 'wake'>;
  readonly factory: SessionFactory;
  readonly timers: Timers;
  readonly events: ConnectionEvents;
  /** The connection is over and its session was told. */
  readonly over: () => void;
}

/** What the loop is doing: exactly one thing at a time. */
type Doing =
  /** Waiting for a frame as `next` says. */
  | 'waiting'
  /** A call of the session is under way. */
  | 'asking'
  /** An output is being pulled, or the peer has to read before we go on. */
  | 'sending'
  | 'pausing'
  | 'securing'
  | 'over';

/**
 * The one loop under all line protocols: feeds frames to a session, one call at a time, and does what its
 * turns ask. Answers at once where the session does; promises are made only where it does not.
 */
export class Conversation implements WireListener {
  readonly #parts: ConversationParts;
  readonly #session: ProtocolSession;
  readonly #framer = new Framer();
  /** The connection, or what compresses it. */
  #wire: Wire;
  readonly #out: OutBuffer;
  readonly #deadline: Deadline;
  #doing: Doing = 'asking';
  #next: Next = { kind: 'close' };
  #pumping = false;
  /** Since the others had their turn, or the peer was waited for. */
  #framesInARow = 0;
  #othersFirst = false;
  /** Something came while pumping: look once more before resting. */
  #pumpAgain = false;
  /** An async iterable of the session is being read. */
  #pulling = false;
  #reading = true;
  #peerEnded = false;
  #gone: ClosedReason | undefined;
  #wakeAsked = false;
  /** Something whole came from the peer since its time was last set going. */
  #heard = true;
  #quietSinceMs = 0;
  #timedOut = false;
  #drainAsked = false;
  /** The time for stopping is over: what is under way is not waited for any longer. */
  #drainNow = false;
  #revoked = false;
  #damaged = false;
  readonly #pace = new BodyPace();
  /** Said goodbye (timeout, drain, revoked): whatever the session asks next, this is the end. */
  #lastTurn: ClosedReason | undefined;
  #firstLine = true;
  #cancelPause: (() => void) | undefined;

  constructor(parts: ConversationParts) {
    this.#parts = parts;
    this.#wire = parts.wire;
    this.#out = new OutBuffer(parts.wire);
    this.#deadline = new Deadline(parts.timers, () => this.#timeout());
    // Not a copy: XCLIENT may change whom they are about.
    this.#session = parts.factory(Object.assign(parts.facts, { wake: () => this.#wake() }));
    parts.wire.start(this);
  }

  /** The connection stands (and TLS, where it is implicit): lets the session speak first. */
  open(): void {
    this.#wire.reading(true);
    this.#ask(() => this.#session.open());
    this.#pump();
  }

  /** The server is stopping: a goodbye as soon as the session waits for a command. */
  drain(): void {
    this.#drainAsked = true;
    this.#pump();
  }

  /** The time for stopping is over: a goodbye in the middle where one can be said, else an end without. */
  drainNow(): void {
    this.#drainAsked = true;
    this.#drainNow = true;
    this.#pump();
    this.#endUnlessAsking('shutdown');
  }

  /** Who is logged in may be so no longer: a goodbye at once; an answer under way is cut off. */
  revoke(): void {
    this.#revoked = true;
    this.#pump();
    this.#endUnlessAsking('revoked');
  }

  /** A call under way ends by itself, and meets the goodbye after it. */
  #endUnlessAsking(reason: ClosedReason): void {
    if (this.#doing !== 'asking') this.abort(reason);
  }

  /** At once, without a word. */
  abort(reason: ClosedReason): void {
    if (this.#doing === 'over') return;
    this.#lose(reason);
    this.#wire.destroy();
  }

  bytes(bytes: Uint8Array): void {
    if (this.#doing === 'over' || this.#gone !== undefined) return;
    this.#framer.push(bytes);
    if (this.#framer.bufferedBytes > readAheadBytesMax) this.#read(false);
    this.#pump();
  }

  ended(): void {
    this.#peerEnded = true;
    this.#pump();
  }

  drained(): void {
    this.#out.drained();
    if (this.#doing !== 'sending' || this.#pulling) return;
    this.#doing = 'waiting';
    this.#pump();
  }

  gone(why: 'closed' | 'reset'): void {
    this.#lose(why === 'reset' ? 'reset' : 'peer');
  }

  #wake(): void {
    if (this.#wakeAsked || this.#doing === 'over') return;
    this.#wakeAsked = true;
    queueMicrotask(() => this.#pump());
  }

  #timeout(): void {
    if (this.#doing === 'waiting') {
      this.#timedOut = true;
      this.#pump();
    } else if (this.#doing === 'sending') {
      this.abort('timeout');
    }
  }

  /** The peer is gone. What is under way is let finish, so that the session is told last. */
  #lose(reason: ClosedReason): void {
    if (this.#doing === 'over' || this.#gone !== undefined) return;
    this.#gone = reason;
    this.#out.stop();
    if (this.#doing !== 'asking' && !this.#pulling) this.#finish(reason);
  }

  /** Goes on as long as nothing has to be waited for. */
  #pump(): void {
    this.#pumpAgain = true;
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      while (this.#pumpAgain) {
        this.#pumpAgain = false;
        this.#stepOn();
      }
    } finally {
      this.#pumping = false;
    }
  }

  #stepOn(): void {
    while (this.#doing === 'waiting') {
      // Answers that are promises count alike: a thousand of them are no round of the event loop.
      if (this.#framesInARow >= framesInARowMax) {
        this.#letOthers();
        return;
      }
      if (!this.#step()) return;
      this.#framesInARow += 1;
    }
  }

  #letOthers(): void {
    if (this.#othersFirst) return;
    this.#othersFirst = true;
    setImmediate(() => {
      this.#othersFirst = false;
      this.#framesInARow = 0;
      this.#pump();
    });
  }

  /** One frame, or the end; `false` when there is nothing to do but wait. */
  #step(): boolean {
    if (this.#gone !== undefined) {
      this.#finish(this.#gone);
      return false;
    }
    const next = this.#next;
    if (next.kind !== 'line' && next.kind !== 'octets' && next.kind !== 'data') {
      this.#act(next);
      return this.#doing === 'waiting';
    }
    const frame = this.#news(next) ?? this.#framer.next(next);
    if (frame === undefined) {
      this.#wait(next.timeoutMs);
      return false;
    }
    if (this.#firstLine && this.#refuseOther(frame)) return false;
    if (frame.kind !== 'wake') this.#heard = true;
    if (frame.kind === 'octets' || frame.kind === 'data') this.#pace.took(frame.bytes.length);
    this.#ask(() => this.#session.frame(frame));
    return true;
  }

  /** What the loop itself has to tell comes between lines; into a literal or a body only what ends it. */
  #news(next: Next): Frame | undefined {
    if (this.#timedOut) {
      this.#timedOut = false;
      this.#lastTurn = 'timeout';
      return { kind: 'timeout' };
    }
    if (this.#revoked) {
      this.#lastTurn = 'revoked';
      return { kind: 'revoked' };
    }
    if (this.#damaged) {
      this.#lastTurn = 'damaged';
      return { kind: 'damaged' };
    }
    const isUnfinished = next.kind !== 'line' || next.unfinished === true;
    if (this.#drainNow || (this.#drainAsked && !isUnfinished)) {
      this.#lastTurn = 'shutdown';
      return { kind: 'drain' };
    }
    if (!this.#wakeAsked || next.kind !== 'line') return undefined;
    this.#wakeAsked = false;
    return { kind: 'wake' };
  }

  #wait(timeoutMs: number): void {
    this.#out.flush();
    if (this.#peerEnded) {
      this.#end('peer');
    } else if (this.#out.blocked) {
      this.#doing = 'sending';
      this.#deadline.set(outputTimeoutMs);
    } else {
      this.#waitForPeer(timeoutMs);
      this.#read(true);
    }
  }

  /** News for an idling client and half a line are no signs of life: the time goes on from where it was. */
  #waitForPeer(timeoutMs: number): void {
    this.#framesInARow = 0;
    const nowMs = this.#parts.timers.now();
    if (this.#heard) this.#quietSinceMs = nowMs;
    this.#heard = false;
    const quietLeftMs = timeoutMs - (nowMs - this.#quietSinceMs);
    this.#deadline.set(Math.max(0, Math.min(quietLeftMs, this.#paceLeftMs(nowMs))));
  }

  #paceLeftMs(nowMs: number): number {
    if (this.#next.kind === 'octets' || this.#next.kind === 'data') return this.#pace.leftMs(nowMs);
    this.#pace.end();
    return Infinity;
  }

  #read(on: boolean): void {
    if (this.#reading === on) return;
    this.#reading = on;
    this.#wire.reading(on);
  }

  #refuseOther(frame: Frame): boolean {
    if (frame.kind === 'wake') return false;
    this.#firstLine = false;
    const protocol = otherProtocol(frame);
    if (protocol === undefined) return false;
    const { sessionId, client } = this.#parts.facts;
    this.#parts.events({ kind: 'wrong-protocol', sessionId, client, protocol });
    this.#end('session');
    return true;
  }

  /** The only place that calls the session, and the only one that catches its exceptions. */
  #ask(call: () => Awaitable<Turn>): void {
    this.#doing = 'asking';
    let answer: Awaitable<Turn>;
    try {
      answer = call();
    } catch (error) {
      this.#bug(error);
      return;
    }
    if (!(answer instanceof Promise)) {
      this.#take(answer);
      return;
    }
    this.#deadline.lift();
    this.#out.flushSoon();
    void this.#answered(answer);
  }

  async #answered(answer: Promise<Turn>): Promise<void> {
    try {
      this.#take(await answer);
    } catch (error) {
      this.#bug(error);
    }
    this.#pump();
  }

  #take(turn: Turn): void {
    if (this.#gone !== undefined) {
      void this.#dropOutput(turn, this.#gone);
      return;
    }
    this.#next = this.#lastTurn === undefined ? turn.next : { kind: 'close' };
    if (this.#next.kind === 'pause') this.#pause(turn, this.#next);
    else if (this.#hasPlaintextBeforeTls()) this.#plaintextAfterStarttls();
    else this.#send(turn);
  }

  #send(turn: Turn): void {
    const output = turn.output;
    if (!Array.isArray(output)) {
      this.#pull(output as AsyncIterable<Uint8Array>);
      return;
    }
    for (const bytes of output as readonly Uint8Array[]) this.#out.add(bytes);
    this.#doing = 'waiting';
    if (this.#out.blocked) {
      this.#doing = 'sending';
      this.#deadline.set(outputTimeoutMs);
    }
  }

  #pull(output: AsyncIterable<Uint8Array>): void {
    this.#doing = 'sending';
    this.#pulling = true;
    // The time of the command that asked for it is over; only a peer that does not read is waited for.
    this.#deadline.lift();
    const all = this.#out.pull(output, (stuck) =>
      stuck ? this.#deadline.set(outputTimeoutMs) : this.#deadline.lift(),
    );
    void this.#pulled(all);
  }

  async #pulled(all: Promise<void>): Promise<void> {
    try {
      await all;
      this.#pulling = false;
      if (this.#gone !== undefined) this.#finish(this.#gone);
      else this.#doing = 'waiting';
    } catch (error) {
      this.#pulling = false;
      this.#bug(error);
    }
    this.#pump();
  }

  #act(next: Next): void {
    // Once more, because bytes may have come while the go-ahead or others had their turn.
    if (this.#hasPlaintextBeforeTls()) this.#plaintextAfterStarttls();
    else if (next.kind === 'tls') this.#secure();
    else if (next.kind === 'compress') this.#compress(next.next);
    else if (next.kind === 'close') this.#close(next.agreed === true);
  }

  #pause(turn: Turn, pause: Extract<Next, { kind: 'pause' }>): void {
    this.#out.flush();
    this.#doing = 'pausing';
    this.#deadline.lift();
    this.#cancelPause = this.#parts.timers.after(pause.ms, () => {
      this.#cancelPause = undefined;
      this.#heard = true;
      if (pause.early !== undefined && this.#framer.bufferedBytes > 0) this.#take(pause.early());
      else this.#take({ output: turn.output, next: pause.next });
      this.#pump();
    });
  }

  #hasPlaintextBeforeTls(): boolean {
    return this.#next.kind === 'tls' && this.#framer.bufferedBytes > 0;
  }

  #plaintextAfterStarttls(): void {
    const { sessionId, client } = this.#parts.facts;
    this.#parts.events({ kind: 'plaintext-after-starttls', sessionId, client });
    this.#end('plaintext-after-starttls');
  }

  #secure(): void {
    this.#out.flush();
    this.#doing = 'securing';
    this.#deadline.lift();
    void this.#handshake();
  }

  async #handshake(): Promise<void> {
    const secured = await this.#wire.secure();
    if (secured.ok) this.#secured(secured.value);
    else this.#tlsFailed(secured.error.detail);
  }

  #secured(tls: TlsFacts): void {
    if (this.#doing === 'over') return;
    this.#firstLine = true;
    this.#heard = true;
    this.#ask(() => this.#session.secured(tls));
    this.#pump();
  }

  #tlsFailed(detail: string): void {
    if (this.#doing === 'over') return;
    const { sessionId, client } = this.#parts.facts;
    this.#parts.events({ kind: 'tls-failed', sessionId, client, detail });
    this.#wire.destroy();
    this.#finish('tls-failed');
  }

  /** Whoever wrote behind the command before it was answered, it is not heard as it stands: nothing can be slipped in. */
  #compress(next: Next): void {
    this.#out.flush();
    const { timers } = this.#parts;
    const ahead = this.#framer.takeRest();
    const wire = new CompressedWire({
      inner: this.#wire,
      timers,
      ahead,
      damaged: (why) => this.#cannotInflate(why),
    });
    this.#wire = wire;
    this.#out.moveTo(wire);
    this.#next = next;
    wire.start(this);
    wire.reading(this.#reading);
  }

  #cannotInflate(detail: string): void {
    const { sessionId, client } = this.#parts.facts;
    this.#parts.events({ kind: 'compression-damaged', sessionId, client, detail });
    this.#damaged = true;
    this.#pump();
  }

  #bug(error: unknown): void {
    this.#parts.events({ kind: 'bug', sessionId: this.#parts.facts.sessionId, error });
    if (this.#gone !== undefined) this.#finish(this.#gone);
    else this.#end('bug');
  }

  #close(agreed: boolean): void {
    // Who sends on behind a goodbye of its own has not said everything.
    const isQuiet = agreed && this.#framer.bufferedBytes === 0;
    this.#end(this.#lastTurn ?? 'session', isQuiet ? 'agreed' : 'ours');
  }

  #end(reason: ClosedReason, whose: 'ours' | 'agreed' = 'ours'): void {
    this.#out.flush();
    this.#wire.end(whose);
    this.#finish(reason);
  }

  /** Exactly once, last. */
  #finish(reason: ClosedReason): void {
    if (this.#doing === 'over') return;
    this.#doing = 'over';
    if (this.#firstLine && (reason === 'peer' || reason === 'reset')) this.#tellOfSilence();
    this.#out.stop();
    this.#deadline.end();
    this.#cancelPause?.();
    try {
      const told = this.#session.closed(reason);
      if (told instanceof Promise) {
        told.catch((error: unknown) => this.#bugAfterEnd(error)).finally(this.#parts.over);
        return;
      }
    } catch (error) {
      this.#bugAfterEnd(error);
    }
    this.#parts.over();
  }

  #tellOfSilence(): void {
    const { sessionId, client } = this.#parts.facts;
    this.#parts.events({ kind: 'silent', sessionId, client });
  }

  #bugAfterEnd(error: unknown): void {
    this.#parts.events({ kind: 'bug', sessionId: this.#parts.facts.sessionId, error });
  }

  /**
   * An output that nobody will read: its source is told, so that it frees what it holds, then the session. It is
   * begun first: a generator that is ended before its beginning never comes to its `finally`.
   */
  async #dropOutput(turn: Turn, gone: ClosedReason): Promise<void> {
    if (Array.isArray(turn.output)) {
      this.#finish(gone);
      return;
    }
    try {
      for await (const _ of turn.output as AsyncIterable<Uint8Array>) break;
    } catch (error) {
      this.#bugAfterEnd(error);
    }
    this.#finish(gone);
  }
}
