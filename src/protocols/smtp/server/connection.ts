import { andThen } from '#base/and-then.ts';
import type { Awaitable } from '#base/result.ts';
import type { Authenticator, Identity, LoginContext } from '#identity/authenticator.ts';
import type { Refusal, TransactionContext } from '#delivery/receive/intake.ts';
import type { TlsFacts } from '#platform/dialer.ts';
import type { ConnectionFacts } from '#protocols/conversation.ts';
import type { SmtpOptions, SmtpTarpit } from './smtp-options.ts';
import type { Hello } from './state.ts';

/** What XCLIENT tells; never a log-in. */
export interface ClaimedClient {
  /** `undefined`: the one that it is stays; the word `unknown`: the peer does not know who it is. */
  readonly client: string | undefined;
  readonly port: number | undefined;
  readonly hello: Partial<Hello>;
}

/** What a session knows beside its state: who is there, over what, and how often it went wrong. */
export class SmtpConnection {
  readonly options: SmtpOptions;
  readonly facts: ConnectionFacts;
  tls: TlsFacts | undefined;
  identity: Identity | undefined;
  wrongCommands = 0;
  refusedRecipients = 0;
  deferredRecipients = 0;
  idleCommands = 0;
  failedLogins = 0;
  /** Of the client that XCLIENT named; stands whatever the peer says in EHLO. */
  claimedHello: Partial<Hello> = {};
  /** Not known: it waited for the greeting, and waits for its mistakes (P-32). */
  stranger = false;

  constructor(options: SmtpOptions, facts: ConnectionFacts) {
    this.options = options;
    this.facts = facts;
    this.tls = facts.tls;
  }

  /** RFC 3207 §4.2: after the handshake nothing from before counts. What went wrong is not forgotten. */
  secured(tls: TlsFacts): void {
    this.tls = tls;
    this.identity = undefined;
  }

  get canStartTls(): boolean {
    return this.facts.tlsMode === 'starttls' && this.tls === undefined;
  }

  /** S-01: one logs in on `submission` and nowhere else, whatever the listener was given. */
  get authenticator(): Authenticator | undefined {
    return this.options.role === 'submission' ? this.options.authenticator : undefined;
  }

  /** Named peers may say whom they speak for, on whichever listener names them. */
  get mayXclient(): boolean {
    return this.facts.become !== undefined && this.options.role !== 'lmtp';
  }

  /** A new client speaks through the same peer: nothing from before counts. @returns whether it is let in */
  become({ client, port, hello }: ClaimedClient): Awaitable<boolean> {
    const isLetIn = client === undefined ? true : (this.facts.become?.(client, port) ?? false);
    return andThen(isLetIn, (isIn) => {
      if (isIn) this.#beginAnew(hello);
      return isIn;
    });
  }

  #beginAnew(hello: Partial<Hello>): void {
    this.identity = undefined;
    this.stranger = false;
    this.wrongCommands = 0;
    this.refusedRecipients = 0;
    this.deferredRecipients = 0;
    this.idleCommands = 0;
    this.failedLogins = 0;
    this.claimedHello = hello;
  }

  /** P-14: only under TLS, only once. Strongest first. */
  get mechanisms(): readonly string[] {
    if (this.tls === undefined || this.identity !== undefined) return [];
    return this.authenticator?.mechanisms(this.loginContext) ?? [];
  }

  get loginContext(): LoginContext {
    const { sessionId, listener, client, exempt } = this.facts;
    return {
      protocol: 'smtp',
      sessionId,
      listener,
      client,
      tls: this.tls,
      exemptFromRate: exempt.has('rate'),
    };
  }

  /** S-01: only where strangers bring mail. */
  get tarpit(): SmtpTarpit | undefined {
    const { exempt, gateways } = this.facts;
    const waits = this.options.role === 'mx' && !exempt.has('rate') && gateways === undefined;
    return waits ? this.options.tarpit : undefined;
  }

  /** Why the client that is there now may not say a word; asked once for each. */
  get turnedAway(): Refusal | undefined {
    return this.options.intake.connecting?.(this.transactionContext(undefined));
  }

  transactionContext(hello: Hello | undefined): TransactionContext {
    const { sessionId, listener, client, exempt, gateways, isClientUnknown } = this.facts;
    return {
      sessionId,
      listener,
      client,
      exempt,
      gateways,
      isClientUnknown: isClientUnknown === true,
      role: this.options.role,
      helo: hello?.name,
      protocol: hello?.protocol ?? 'SMTP',
      tls: this.tls,
      identity: this.identity,
    };
  }
}
