import { andThen } from '#base/and-then.ts';
import type { Awaitable } from '#base/result.ts';
import { formatAddress } from '#mail/address.ts';
import type { Address } from '#mail/address.ts';
import { parseDomain } from '#mail/domain.ts';
import type { Domain } from '#mail/domain.ts';
import type { HeaderBlock } from '#mail/header.ts';
import type { BodySink } from '#policy/body-sink.ts';
import type { PolicyVerdict } from '#policy/combine-findings.ts';
import type { AskedRecipient } from '#policy/harvest-watch.ts';
import type { MessagePolicy } from '#policy/message-policy.ts';
import { resultFields } from '#policy/result-fields.ts';
import { isAutomatic, provenAuthor } from './proven-author.ts';
import { reservedName } from '#store/reserved-name.ts';
import type { Finding } from './finding.ts';
import { broughtClient, connectedClient, tellUnknownClient } from './judged-client.ts';
import type { JudgedClient } from './judged-client.ts';
import type { Routing } from './route-recipient.ts';
import { defer, refuse } from './refusal.ts';
import type { TransactionRules } from './transaction-rules.ts';
import type { TransactionStart } from './transaction-start.ts';

/** Traps of one message that are remembered (S-09). */
const trapsMax = 10;

/** What policy made of a whole message that is taken. */
export interface TakenMessage {
  /**
   * What is written in front of it at delivery: its results, and whether it is Junk (I-48). Of what is discarded: for
   * those who get it all the same.
   */
  readonly fields: string;
  readonly junk: boolean;
  readonly verdict: PolicyVerdict;
}

export type PolicyAnswer =
  | { readonly kind: 'taken'; readonly taken: TakenMessage }
  | { readonly kind: 'unwanted'; readonly finding: Finding };

/** Policy as a transaction asks it; only mail from outside is judged so, on `mx` (S-01). */
export class TransactionPolicy {
  readonly #start: TransactionStart;
  readonly #rules: TransactionRules | undefined;
  /** Of what a gateway brings it is not known before its header (I-59). */
  #judged: Judged | undefined;
  /** Somebody was accepted who has no reserved name. */
  #hasOrdinary = false;
  readonly #traps: string[] = [];
  #header: HeaderBlock | undefined;

  /** `undefined`: nobody judges this mail. */
  static begin(start: TransactionStart, rules?: TransactionRules): TransactionPolicy | undefined {
    const { parts, context } = start;
    const client = connectedClient(start);
    // S-01: who sends by an exception is judged by its rules, as an account is by its own.
    const isJudged = context.role === 'mx' && start.relay === undefined;
    if (parts.policy === undefined || !isJudged || client === undefined) return undefined;
    const judging = new TransactionPolicy(start, rules);
    if (context.gateways === undefined) judging.#begin(client);
    if (client.isUnknown) tellUnknownClient(start);
    return judging;
  }

  private constructor(start: TransactionStart, rules: TransactionRules | undefined) {
    this.#start = start;
    this.#rules = rules;
  }

  /** Whose mail it is, once that is known. */
  get client(): JudgedClient | undefined {
    return this.#judged?.of;
  }

  #begin(of: JudgedClient | undefined): void {
    const { parts, context, mail, trace } = this.#start;
    if (of === undefined || parts.policy === undefined) return;
    const { client, helo, isUnknown: isClientUnknown } = of;
    // What a gateway's own network is spared is not meant for those whose mail it brings.
    const dnsExempt = context.gateways === undefined && context.exempt.has('dns');
    const rule = () => this.#rules?.word;
    const policy = parts.policy.begin({
      client,
      isClientUnknown,
      helo,
      from: mail.from,
      dnsExempt,
      trace,
      rule,
    });
    this.#judged = { of, policy };
  }

  /** Looked for before an address is nobody's. */
  readonly isTrap = (address: Address): boolean => this.#start.parts.feed?.isTrap(address) === true;

  /**
   * What speaks against taking the message for this recipient. Nobody is asked on behalf of a client that names nobody of
   * ours, and what is wrong with client, HELO or sender is told here, so that the trace knows whom it was for.
   */
  recipient(address: Address, routing: Routing): Awaitable<Finding | undefined> {
    // RFC 5321 §4.5.1, S-03: whoever is refused by mistake can still write to those who can mend it.
    const isReserved = routing.kind === 'routed' && reservedName(address.local) !== undefined;
    const policy = this.#judged?.policy;
    if (policy === undefined) {
      const isOurs = routing.kind === 'routed' || routing.kind === 'trap';
      if (isOurs) this.#hasOrdinary ||= !isReserved;
      if (isOurs && this.isTrap(address)) this.#trapped(formatAddress(address));
      return undefined;
    }
    const harvest = policy.recipient(askedFor(routing));
    if (harvest !== undefined && harvest.action !== 'accept' && !isReserved) return findingOf(harvest);
    if (routing.kind !== 'routed' && routing.kind !== 'trap') return undefined;
    return andThen(policy.envelope(), (verdict) => {
      if (verdict.action !== 'accept' && !isReserved) return findingOf(verdict);
      this.#hasOrdinary ||= !isReserved;
      if (this.isTrap(address)) this.#trapped(formatAddress(address));
      return undefined;
    });
  }

  /** What speaks against asking another server for this client: it guesses names, or client, HELO and sender are unwanted. */
  beforeAsking(address: Address): Awaitable<Finding | undefined> {
    const policy = this.#judged?.policy;
    if (policy === undefined || reservedName(address.local) !== undefined) return undefined;
    const harvest = policy.recipient('uncounted');
    if (harvest !== undefined && harvest.action !== 'accept') return findingOf(harvest);
    return andThen(policy.envelope(), (verdict) =>
      verdict.action === 'accept' ? undefined : findingOf(verdict),
    );
  }

  #trapped(about: string): void {
    if (this.#traps.length < trapsMax) this.#traps.push(about);
    this.#start.trace.step({
      stage: 'rcpt',
      check: 'trap',
      outcome: 'finding',
      action: 'note',
      reason: 'the address is a trap',
      evidence: { about },
    });
  }

  /** The header has come; what is given back hears of the body. `undefined`: nobody judges it. */
  header(header: HeaderBlock): BodySink | undefined {
    this.#header = header;
    if (this.#start.context.gateways !== undefined) this.#begin(broughtClient(this.#start, header));
    return this.#judged?.policy.header(header);
  }

  async message(recipients: number): Promise<PolicyAnswer> {
    const judged = this.#judged;
    if (judged === undefined) throw new Error('a message was judged before its header came');
    const { policy, of } = judged;
    const isBrought = this.#start.context.gateways !== undefined;
    const unwanted = isBrought ? await this.#broughtBy(judged) : undefined;
    if (unwanted !== undefined) return { kind: 'unwanted', finding: unwanted };
    const asked = await policy.message(recipients);
    const verdict = this.#hasOrdinary ? asked : this.#heard(asked);
    await this.#tellFeed(judged, verdict);
    const { action } = verdict;
    if (action !== 'accept' && action !== 'junk' && action !== 'discard')
      return { kind: 'unwanted', finding: findingOf(verdict) };
    const { parts, trace } = this.#start;
    const { hostname } = parts;
    const client = of.isUnknown ? undefined : of.client;
    const results = await resultFields(policy, { hostname, client });
    const junk = action !== 'accept';
    const field = junk ? verdictLine(verdict, trace.id) : '';
    return { kind: 'taken', taken: { fields: results + field, junk, verdict } };
  }

  /** S-03: nothing of lists, authentication, greylisting or content refuses mail to the reserved names alone. */
  #heard(verdict: PolicyVerdict): PolicyVerdict {
    if (verdict.action === 'accept' || verdict.action === 'junk') return verdict;
    this.#start.trace.step({
      stage: 'message',
      check: 'reserved-name',
      outcome: 'pass',
      reason: 'it is for reserved names only: Junk, and no refusal',
    });
    return { ...verdict, action: 'junk' };
  }

  /** Of what a gateway brings, what is otherwise said to a client when it connects and names recipients. */
  async #broughtBy({ policy, of }: Judged): Promise<Finding | undefined> {
    const { parts } = this.#start;
    const network = of.isUnknown ? undefined : parts.banned?.(of.client);
    if (network !== undefined && this.#hasOrdinary) return bannedOrigin(of.client, network);
    const verdict = await policy.envelope();
    return verdict.action === 'accept' || !this.#hasOrdinary ? undefined : findingOf(verdict);
  }

  /** Only mail that is judged for good: what is put off comes again. */
  async #tellFeed({ policy, of }: Judged, { action }: PolicyVerdict): Promise<void> {
    const { feed } = this.#start.parts;
    const { context, mail, trace } = this.#start;
    const { client } = of;
    const header = this.#header;
    if (feed === undefined || of.isUnknown || header === undefined) return;
    const isFinal = action !== 'defer' && action !== 'greylist';
    if (!isFinal || context.exempt.size > 0) return;
    const proof = await provenAuthor(policy, header, { withAddress: this.#traps.length > 0 });
    await feed.judged({
      client,
      trace: trace.id,
      isWanted: action === 'accept' && this.#traps.length === 0,
      traps: this.#traps,
      author: proof.author,
      isVoid: !proof.isKnown || mail.from === undefined || isAutomatic(header),
    });
  }

  /** The organizational domain that DMARC has proven the message to be from; asked before `end`. */
  async provenDomain(): Promise<Domain | undefined> {
    if (this.#judged === undefined || this.#header === undefined) return undefined;
    const { author } = await provenAuthor(this.#judged.policy, this.#header, { withAddress: false });
    const domain = author === undefined ? undefined : parseDomain(author.domain);
    return domain?.ok === true ? domain.value : undefined;
  }

  /** The transaction is over, one way or the other. */
  end(): void {
    this.#judged?.policy.end();
  }
}

interface Judged {
  readonly of: JudgedClient;
  readonly policy: MessagePolicy;
}

/** I-80, I-59: who is banned does not come in by way of a gateway either. */
function bannedOrigin(client: string, network: string): Finding {
  const text = `mail from ${client} is not accepted for now: too much went wrong from there`;
  return { check: 'ban', refusal: refuse({ code: 550, detail: '7.1', text }), evidence: { client, network } };
}

/** A full mailbox, trouble of our own or an attempt to relay is no guess at names. */
function askedFor(routing: Routing): AskedRecipient {
  if (routing.kind === 'routed') return 'known';
  // It looks like any address that nobody has, and who guesses it guesses.
  if (routing.kind === 'trap') return 'unknown';
  return routing.kind === 'refused' && routing.isUnknown ? 'unknown' : 'uncounted';
}

/** Our own word on a message; nobody else's is kept (I-48). */
export const verdictField = 'X-Postern-Verdict';

function verdictLine({ by, mark }: PolicyVerdict, trace: string): string {
  const marked = mark === undefined ? '' : ` mark=${mark};`;
  return `${verdictField}: junk; by=${by};${marked} trace=${trace}\r\n`;
}

function findingOf({ action, by, reply, reason }: PolicyVerdict): Finding {
  const refusal = action === 'refuse' ? refuse({ code: 550, ...reply }) : defer({ code: 451, ...reply });
  // A check stands in the trace already, with its evidence; a sum of several does not.
  return { check: by, refusal, detail: reason, isTraced: by !== 'score' };
}
