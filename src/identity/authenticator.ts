import type { Awaitable } from '#base/result.ts';
import type { AccountId } from '#base/id.ts';
import type { TlsFacts } from '#platform/dialer.ts';
import type { Address } from '#mail/address.ts';

/** Who logged in. */
export interface Identity {
  readonly account: AccountId;
  readonly address: Address;
  readonly mechanism: string;
}

/** Where a login comes from; failures are counted by address, network, account and name together. */
export interface LoginContext {
  readonly protocol: 'smtp' | 'imap' | 'pop3' | 'http';
  readonly sessionId: string;
  readonly listener: string;
  readonly client: string;
  readonly tls: TlsFacts | undefined;
  readonly exemptFromRate: boolean;
}

/**
 * A SASL exchange as bytes (base64 already undone; the protocol does that). `failed` looks the same for an
 * unknown account, a disabled one and a wrong password, in text, path and time; `delayMs` says how long
 * the session shall pause before it answers.
 */
export type SaslStep =
  | { readonly kind: 'challenge'; readonly bytes: Uint8Array }
  /** `bytes`: last server data that rides along where the protocol can carry it, else as one more challenge. */
  | { readonly kind: 'done'; readonly identity: Identity; readonly bytes: Uint8Array | undefined }
  | { readonly kind: 'failed'; readonly reason: LoginFailure; readonly delayMs: number };

export type LoginFailure =
  /** Wrong name or password, whichever. */
  | 'credentials'
  /** The exchange itself was malformed. */
  | 'malformed'
  /** Too many failures from here: try later. */
  | 'limited'
  /** The directory cannot be read or the account's file is fenced: temporary. */
  | 'unavailable';

export interface SaslExchange {
  /** First call: the initial response, or `undefined` when the client sent none. */
  step(response: Uint8Array | undefined): Awaitable<SaslStep>;
}

export interface Authenticator {
  /** Names to advertise, strongest first; empty without TLS (P-14). */
  mechanisms(context: LoginContext): readonly string[];
  /** `undefined`: no such mechanism here. */
  begin(mechanism: string, context: LoginContext): SaslExchange | undefined;
  /** IMAP LOGIN and POP3 USER/PASS; same path as PLAIN. */
  login(
    name: string,
    password: string,
    context: LoginContext,
  ): Promise<Exclude<SaslStep, { kind: 'challenge' }>>;
}
