import { addressKey } from '#mail/address.ts';
import type { Address } from '#mail/address.ts';
import { withBudget } from '#platform/resolver-budget.ts';
import type { Clock } from '#platform/clock.ts';
import type { Random } from '#platform/random.ts';
import type { Resolver } from '#platform/resolver.ts';
import type { DownstreamHost } from '#store/contract/accounts.ts';
import type { DestinationRules } from '#delivery/outbound/destination-rules.ts';
import type { RecipientReport, SendRequest } from '#delivery/outbound/transport.ts';
import { cleanForeignText } from '#trace/foreign-text.ts';
import type { EventSink } from '#trace/events.ts';
import { AnswerCache } from './answer-cache.ts';
import { planDownstream } from './plan-downstream.ts';
import type { RecipientAsker } from './recipient-asker.ts';

const minuteMs = 60_000;
/** S-09: answers kept; the oldest goes first. */
export const answersMax = 20_000;
/** Domains of which it is remembered whether their server takes anything. */
const domainsMax = 1_000;
/** How long somebody who is there is not asked for again. */
export const knownMs = 240 * minuteMs;
/** Somebody who is not there may be added any moment. */
export const unknownMs = 10 * minuteMs;
/** A server that did not answer is left alone so long. */
export const silentMs = 30_000;
/** How long it is believed that a server takes any address, or that it does not. */
export const catchAllMs = 360 * minuteMs;
/** Somebody waits at RCPT: all addresses of the server together have so long. */
export const askMsMax = 20_000;
/** Questions to one server at once (S-09); whoever comes beyond that is told to come again. */
export const asksMax = 20;
/** Addresses of the server that are tried. */
const serversTriedMax = 2;

export type RecipientAnswer =
  /** `isCatchAll`: it takes any address, so that this says nothing. */
  | { readonly kind: 'known'; readonly isCached: boolean; readonly isCatchAll: boolean }
  | { readonly kind: 'unknown'; readonly isCached: boolean; readonly said: string }
  /** It could not be asked, or would not say. */
  | { readonly kind: 'unsure'; readonly why: string };

export interface DownstreamParts {
  readonly asker: RecipientAsker;
  readonly resolver: Resolver;
  readonly clock: Clock;
  readonly random: Random;
  readonly events: EventSink;
  readonly rules: DestinationRules;
  /** Our name for EHLO. */
  readonly hostname: string;
}

/**
 * Which addresses of a domain the server behind this one has (I-88). Asked for domains of ours alone, and for those only
 * that an administrator gave such a server: nobody else's server is ever asked (S-04).
 */
export class DownstreamRecipients {
  readonly #parts: DownstreamParts;
  readonly #answers: AnswerCache<RecipientAnswer>;
  readonly #catchAll: AnswerCache<boolean>;
  readonly #silent: AnswerCache<string>;
  readonly #running = new Map<string, number>();

  constructor(parts: DownstreamParts) {
    this.#parts = parts;
    this.#answers = new AnswerCache(parts.clock, answersMax);
    this.#catchAll = new AnswerCache(parts.clock, domainsMax);
    this.#silent = new AnswerCache(parts.clock, domainsMax);
  }

  async ask(host: DownstreamHost, recipient: Address): Promise<RecipientAnswer> {
    const remembered = this.remembered(host, recipient);
    if (remembered !== undefined) return remembered;
    const { place, key } = keysOf(host, recipient);
    return this.#answers.once(key, () => this.#askNow(host, { recipient, place, key }));
  }

  /** What can be told without asking anybody. */
  remembered(host: DownstreamHost, recipient: Address): RecipientAnswer | undefined {
    const { place, key } = keysOf(host, recipient);
    if (this.#catchAll.get(place) === true) return { kind: 'known', isCached: true, isCatchAll: true };
    const kept = this.#answers.get(key);
    return kept === undefined || kept.kind === 'unsure' ? kept : { ...kept, isCached: true };
  }

  async #askNow(host: DownstreamHost, { recipient, place, key }: Wanted): Promise<RecipientAnswer> {
    const report = await this.#report(host, recipient);
    const answer = answerOf(report);
    if (answer.kind === 'unsure') return answer;
    if (answer.kind === 'unknown') {
      // A form that it cannot take at all says nothing of the others.
      if (report.command === 'rcpt') this.#catchAll.keep(place, false, catchAllMs);
      this.#answers.keep(key, answer, unknownMs);
      return answer;
    }
    const isCatchAll =
      this.#catchAll.get(place) ??
      (await this.#catchAll.once(place, () => this.#takesAnything(host, recipient.domain, place)));
    this.#answers.keep(key, answer, knownMs);
    return { ...answer, isCatchAll };
  }

  /** An address that was just made up tells whether the server's yes means anything. */
  async #takesAnything(host: DownstreamHost, domain: Address['domain'], place: string): Promise<boolean> {
    const { random, events } = this.#parts;
    const made = Buffer.from(random.bytes(12)).toString('hex');
    const { outcome } = await this.#report(host, { local: `no-such-${made}`, domain });
    // What could not be asked is asked again with the next address.
    if (outcome !== 'delivered' && outcome !== 'permanent') return false;
    const isCatchAll = outcome === 'delivered';
    this.#catchAll.keep(place, isCatchAll, catchAllMs);
    if (isCatchAll) events.emit({ name: 'downstream-catch-all', domain, host: spell(host) });
    return isCatchAll;
  }

  async #report(host: DownstreamHost, recipient: Address): Promise<RecipientReport> {
    const place = spell(host);
    const silence = this.#silent.get(place);
    if (silence !== undefined) return noAnswer(`it did not answer a moment ago (${silence})`);
    const running = this.#running.get(place) ?? 0;
    if (running >= asksMax) return noAnswer('too many questions to it at once');
    this.#running.set(place, running + 1);
    try {
      const report = await this.#inTime(host, recipient);
      if (isSilence(report)) {
        this.#silent.keep(place, report.text, silentMs);
        const { domain } = recipient;
        this.#parts.events.emit({ name: 'downstream-silent', domain, host: place, detail: report.text });
      }
      return report;
    } finally {
      const left = (this.#running.get(place) ?? 1) - 1;
      if (left > 0) this.#running.set(place, left);
      else this.#running.delete(place);
    }
  }

  async #inTime(host: DownstreamHost, recipient: Address): Promise<RecipientReport> {
    const over = new AbortController();
    const timer = new AbortController();
    const late = this.#parts.clock.sleep(askMsMax, timer.signal).then(() => {
      over.abort('late');
      return noAnswer('it did not answer in time');
    });
    try {
      return await Promise.race([this.#tryServers(host, recipient, over.signal), late]);
    } finally {
      timer.abort('done');
    }
  }

  async #tryServers(host: DownstreamHost, recipient: Address, signal: AbortSignal): Promise<RecipientReport> {
    const { resolver, random, clock, rules, asker, hostname } = this.#parts;
    const bounded = withBudget(resolver, clock);
    const plan = await planDownstream({ resolver: bounded, random, rules }, host, signal);
    if (plan.kind === 'later') return noAnswer(plan.text);
    let last = noAnswer('it has no address');
    for (const { name, address } of plan.servers.slice(0, serversTriedMax)) {
      const server = { name, address, port: host.port };
      const question = { server, helo: hostname, localAddress: undefined, recipient };
      for (const tls of modes[host.tls]) {
        last = await asker.ask({ ...question, tls }, signal);
        if (last.outcome !== 'tls') break;
      }
      if (last.outcome !== 'connection' && last.outcome !== 'tls') return last;
    }
    return last;
  }
}

function keysOf(host: DownstreamHost, recipient: Address): Omit<Wanted, 'recipient'> {
  const at = spell(host);
  return { place: `${at} ${recipient.domain}`, key: `${at} ${addressKey(recipient)}` };
}

interface Wanted {
  readonly recipient: Address;
  readonly place: string;
  readonly key: string;
}

/** Where TLS is not demanded, a handshake that fails does not keep a question for an address from being asked. */
const modes: Readonly<Record<DownstreamHost['tls'], readonly SendRequest['tls'][]>> = {
  opportunistic: ['opportunistic', 'clear'],
  encrypted: ['encrypted'],
  verified: ['verified'],
};

export function spell({ host, port }: DownstreamHost): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Of the server as a whole: a single address that takes it long must not keep the others from being asked for. */
function isSilence({ outcome, command }: RecipientReport): boolean {
  return outcome === 'tls' || (outcome === 'connection' && command !== 'rcpt');
}

function answerOf({ outcome, status, text }: RecipientReport): RecipientAnswer {
  if (outcome === 'delivered') return { kind: 'known', isCached: false, isCatchAll: false };
  const said = cleanForeignText(text);
  // RFC 3463 §3.8: a matter of what it allows us, as where the domain was never entered there, and not of the address.
  const isAboutUs = status?.startsWith('5.7.') === true;
  return outcome === 'permanent' && !isAboutUs
    ? { kind: 'unknown', isCached: false, said }
    : { kind: 'unsure', why: said };
}

function noAnswer(text: string): RecipientReport {
  return { outcome: 'connection', code: undefined, status: undefined, command: 'connect', text };
}
