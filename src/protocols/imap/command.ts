import type { Awaitable } from '#base/result.ts';
import type { Identity } from '#identity/authenticator.ts';
import type { Cursor } from './grammar/cursor.ts';
import type { AnnouncedLiteral } from './receiver.ts';
import type { Done } from './response/done.ts';
import type { AccountWorld, AnyWorld, GuestWorld, SelectedWorld } from './world.ts';

/** What a command comes to. */
export type Answer =
  | {
      readonly kind: 'done';
      /** Untagged responses, one byte per character. */
      readonly data?: string;
      readonly done: Done;
      readonly transition?: Transition;
      /** A failed login is answered late. */
      readonly delayMs?: number;
    }
  /** Made piece by piece as the client reads; ends with the tagged reply. */
  | { readonly kind: 'stream'; readonly stream: AsyncGenerator<Uint8Array, Done> }
  /** The next lines belong to the command. */
  | { readonly kind: 'dialog'; readonly data: string; readonly dialog: Dialog };

export type Transition =
  | { readonly kind: 'login'; readonly identity: Identity }
  | { readonly kind: 'tls' }
  | { readonly kind: 'compress' }
  | { readonly kind: 'close' };

/** A command that reads on after its first line (AUTHENTICATE, IDLE). */
export interface Dialog {
  /** Milliseconds from now until the session gives up waiting for a line; before login its own deadline holds. */
  timeoutMs(): number;
  line(line: string): Awaitable<Answer>;
  /** May untagged news be sent while it waits (IDLE)? */
  readonly hearsNews: boolean;
}

/** Where the octets of a large literal go as they come (APPEND). */
export interface LiteralSink {
  write(bytes: Uint8Array): Awaitable<void>;
  /** The rest of the command behind the literal, without its CR LF. */
  end(rest: string): Awaitable<Answer>;
  /** The connection ended or the command was refused: keep nothing. */
  abandon(): Awaitable<void>;
}

/** `tag` is for the responses that repeat it (ESEARCH). */
export type Action<W> = (world: W, tag: string) => Awaitable<Answer>;

interface Row<W> {
  /** As it is written, upper case; `UID FETCH` is a command of its own. */
  readonly name: string;
  /** Message numbers among its arguments or results. */
  readonly usesSequenceNumbers: boolean;
  /** May EXPUNGE be sent while it runs (RFC 9051 §7.5.1)? */
  readonly mayReportExpunge: boolean;
  /** A client must wait for its end before it sends more: what follows has another meaning then (RFC 9051 §5.5). */
  readonly breaksPipeline: boolean;
  /** Capabilities that this row makes true. */
  readonly provides?: readonly string[];
  /** Reads the arguments, from the space or end behind the name; throws `SyntaxProblem`. */
  prepare(cursor: Cursor): Action<W>;
}

export type AnyCommand = { readonly states: 'any' } & Row<AnyWorld>;
export type GuestCommand = { readonly states: 'guest' } & Row<GuestWorld>;
export type SelectedCommand = { readonly states: 'selected' } & Row<SelectedWorld>;
/** Authenticated or selected state. */
export type AccountCommand = {
  readonly states: 'account';
  /**
   * Asked when a literal is announced: does it go to a sink instead of memory? The cursor stands behind the name
   * and reads the command so far. `undefined`: an ordinary literal.
   */
  takeLiteral?(
    cursor: Cursor,
    literal: AnnouncedLiteral,
  ): ((world: AccountWorld) => Awaitable<LiteralSink | Done>) | undefined;
} & Row<AccountWorld>;

/** One line of the command table: the states in which it is legal, its grammar, its action. */
export type CommandRow = AnyCommand | GuestCommand | AccountCommand | SelectedCommand;

/** For commands without arguments. */
export function noArguments<W>(action: Action<W>): (cursor: Cursor) => Action<W> {
  return (cursor) => {
    cursor.end();
    return action;
  };
}

export function answer(done: Done, data = ''): Answer {
  return { kind: 'done', data, done };
}
