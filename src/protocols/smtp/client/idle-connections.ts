import type { Clock } from '#platform/clock.ts';
import type { SendRequest } from '#delivery/outbound/transport.ts';
import type { ClientTimes } from './client-times.ts';
import type { SmtpSession } from './smtp-session.ts';

/** Idle connections kept, in all and to one server. */
const idleMax = 100;
const idlePerServerMax = 20;

/** `clean`: the server holds nothing of a message. */
export interface KeptSession {
  readonly session: SmtpSession;
  readonly clean: boolean;
}

interface Idle extends KeptSession {
  readonly key: string;
  readonly left: AbortController;
}

/**
 * Connections that have done their message and wait shortly for another. Shared only between requests for the same
 * address, name, port, source and kind of TLS: what was found true of one holds for the next.
 */
export class IdleConnections {
  readonly #clock: Clock;
  readonly #times: ClientTimes;
  readonly #idle = new Set<Idle>();
  readonly #closing = new Set<Promise<void>>();

  constructor(clock: Clock, times: ClientTimes) {
    this.#clock = clock;
    this.#times = times;
  }

  /** The one that was used last, so that the others get old and close. */
  take(request: SendRequest): KeptSession | undefined {
    const keys = fitting[request.tls].map((kind) => keyOf(request, kind));
    const found = [...this.#idle].findLast((one) => keys.includes(one.key));
    if (found === undefined) return undefined;
    this.#idle.delete(found);
    found.left.abort('used');
    return found;
  }

  keep(request: SendRequest, kept: KeptSession): void {
    const { session } = kept;
    const key = keyOf(request, kindOf(request, session));
    const old = this.#clock.monotonic() - session.openedAtMs >= this.#times.connectionLifeMs;
    const sameServer = [...this.#idle].filter((one) => one.key === key).length;
    if (old || this.#idle.size >= idleMax || sameServer >= idlePerServerMax) this.#goodbye(session);
    else this.#wait(key, kept);
  }

  #wait(key: string, kept: KeptSession): void {
    const idle = { ...kept, key, left: new AbortController() };
    this.#idle.add(idle);
    void this.#age(idle);
  }

  async #age(idle: Idle): Promise<void> {
    await this.#clock.sleep(this.#times.idleMs, idle.left.signal);
    if (this.#idle.delete(idle)) this.#goodbye(idle.session);
  }

  async close(): Promise<void> {
    for (const idle of this.#idle) {
      this.#idle.delete(idle);
      idle.left.abort('closed');
      this.#goodbye(idle.session);
    }
    await Promise.all(this.#closing);
  }

  /** RFC 5321 §4.1.1.10: QUIT, and its reply awaited shortly. */
  #goodbye({ channel }: SmtpSession): void {
    channel.adopt(new AbortController().signal);
    const done = channel
      .ask('QUIT', this.#times.quitMs)
      .then(() => channel.close())
      .finally(() => this.#closing.delete(done));
    this.#closing.add(done);
  }
}

/** How safe a connection is, as far as it decides who may use it. */
type Kind = SendRequest['tls'];

function kindOf({ tls }: SendRequest, session: SmtpSession): Kind {
  return session.tls.used && tls === 'opportunistic' ? 'encrypted' : tls;
}

/** Which connections do for a request; one that was verified is kept for those that ask for it. */
const fitting: Readonly<Record<Kind, readonly Kind[]>> = {
  opportunistic: ['encrypted', 'opportunistic'],
  encrypted: ['encrypted'],
  verified: ['verified'],
  clear: ['clear'],
};

function keyOf({ server, localAddress, helo }: SendRequest, kind: Kind): string {
  return [server.address, server.port, server.name, localAddress ?? '', kind, helo].join(' ');
}
