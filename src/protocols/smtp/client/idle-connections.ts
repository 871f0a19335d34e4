import type { Clock } from '#platform/clock.ts';
import type { SendRequest } from '#delivery/outbound/transport.ts';
import type { ClientTimes } from './client-times.ts';
import type { SmtpSession } from './smtp-session.ts';

/** Idle connections kept, in all and to one server. */
const idleMax = 100;
const idlePerServerMax = 20;

interface Idle {
  readonly key: string;
  readonly session: SmtpSession;
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
  take(request: SendRequest): SmtpSession | undefined {
    const key = keyOf(request);
    const found = [...this.#idle].findLast((one) => one.key === key);
    if (found === undefined) return undefined;
    this.#idle.delete(found);
    found.left.abort('used');
    return found.session;
  }

  keep(request: SendRequest, session: SmtpSession): void {
    const key = keyOf(request);
    const old = this.#clock.monotonic() - session.openedAtMs >= this.#times.connectionLifeMs;
    const sameServer = [...this.#idle].filter((one) => one.key === key).length;
    if (old || this.#idle.size >= idleMax || sameServer >= idlePerServerMax) this.#goodbye(session);
    else this.#wait(key, session);
  }

  #wait(key: string, session: SmtpSession): void {
    const idle = { key, session, left: new AbortController() };
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

function keyOf({ server, localAddress, tls, helo }: SendRequest): string {
  return [server.address, server.port, server.name, localAddress ?? '', tls, helo].join(' ');
}
