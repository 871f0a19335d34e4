import type { LoginEnd } from './login-end.ts';
import type { SaslExchange } from '#identity/authenticator.ts';
import type { AccountWorld, GuestWorld } from './world.ts';

/** What a command comes to; the session makes a turn of it. */
export type Answer =
  | { readonly kind: 'ok'; readonly text: string }
  | { readonly kind: 'err'; readonly text: string }
  /** A mistake of the client; too many in a row end the session. */
  | { readonly kind: 'mistake'; readonly text: string }
  /** Lines behind `+OK`; the dots are this protocol's business, not the command's. */
  | { readonly kind: 'lines'; readonly text: string; readonly lines: readonly string[] }
  /** A message behind `+OK`, its dots doubled already. The flow ends by itself, also in trouble. */
  | { readonly kind: 'flow'; readonly flow: AsyncIterable<Uint8Array> }
  | { readonly kind: 'tls' }
  | { readonly kind: 'close'; readonly text: string }
  | { readonly kind: 'login'; readonly end: LoginEnd }
  | { readonly kind: 'sasl'; readonly exchange: SaslExchange; readonly initial: Uint8Array | undefined };

interface RowBase {
  readonly name: string;
  /** How many arguments; `text`: the rest of the line as it stands, spaces and all. */
  readonly takes: readonly [min: number, max: number] | 'text';
}

/** One command in one state; its type says which world its action is given. */
export type CommandRow =
  | (RowBase & {
      readonly state: 'guest';
      /** Lines of CAPA that this row stands for, before login. */
      capability?(world: GuestWorld): readonly string[];
      run(world: GuestWorld, args: readonly string[]): Answer | Promise<Answer>;
    })
  | (RowBase & {
      readonly state: 'account';
      /** Lines of CAPA that this row stands for; the same before and after login (RFC 2449 §5). */
      readonly capability?: readonly string[];
      run(world: AccountWorld, args: readonly string[]): Answer | Promise<Answer>;
    });

export type GuestRow = Extract<CommandRow, { state: 'guest' }>;
export type AccountRow = Extract<CommandRow, { state: 'account' }>;

export function okay(text: string): Answer {
  return { kind: 'ok', text };
}

export function refused(text: string): Answer {
  return { kind: 'err', text };
}

export function mistake(text: string): Answer {
  return { kind: 'mistake', text };
}
