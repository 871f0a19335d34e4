import { allOf } from '#base/all-of.ts';
import { andThen } from '#base/and-then.ts';
import type { ClientAddress } from '#base/client-address.ts';
import type { Awaitable } from '#base/result.ts';
import type { ReversePath } from '#mail/address.ts';
import type { HeaderBlock } from '#mail/header.ts';
import { readSignatures } from '#mailauth/message-signatures.ts';
import type { MessageSignatures } from '#mailauth/message-signatures.ts';
import type { TraceBuilder } from '#trace/trace-builder.ts';
import type { JudgedSignatures } from './aside/judged-signatures.ts';
import { asideHeaderBytesMax, SignaturesAside } from './aside/signatures-aside.ts';
import { AskingResolver, envelopeAskMs, messageAskMs } from './asking-resolver.ts';
import { bodySink } from './body-sink.ts';
import type { BodySink } from './body-sink.ts';
import { checks } from './checks.ts';
import { combineEarly, combineFindings, combineUnlisted } from './combine-findings.ts';
import type { PolicyVerdict } from './combine-findings.ts';
import { FactBook } from './fact-book.ts';
import { noArc } from './facts/arc.ts';
import { noDkim } from './facts/dkim.ts';
import type { GreylistSource } from './greylist.ts';
import type { AskedRecipient } from './harvest-watch.ts';
import type { PolicyParts } from './policy-parts.ts';
import { judgedStep } from './judged-step.ts';
import type { JudgedCheck } from './judge-check.ts';
import { lenient } from './lenient.ts';
import { LinkSearch } from './link-search.ts';
import type { RuleWord } from './rules/rule-word.ts';
import type { PolicyValues } from './policy-values.ts';
import { checkLists, runChecks } from './run-checks.ts';
import type { CheckLists } from './run-checks.ts';
import type { PolicyStage } from './stage.ts';
import { tellValues } from './tell-values.ts';
import { TrialRun } from './trials/trial-run.ts';

const envelopeChecks = checksOf('connect', 'helo', 'mail');
const recipientChecks = checksOf('rcpt');
const messageChecks = checksOf('message');

function checksOf(...stages: readonly PolicyStage[]): CheckLists {
  return checkLists(checks.filter(({ stage }) => stages.includes(stage)));
}

export interface MessageStart {
  readonly client: ClientAddress;
  /** It only brings the mail; whose that is, nobody knows (I-59). */
  readonly isClientUnknown?: boolean;
  readonly helo: string;
  readonly from: ReversePath;
  /** The client's network is exempt from checks by DNS. */
  readonly dnsExempt: boolean;
  readonly trace: TraceBuilder;
  /** What the rules of this server say just now (I-89). */
  readonly rule?: () => RuleWord | undefined;
}

/** What policy has to say of one message, stage by stage; it writes each judgement into the trace. */
export class MessagePolicy {
  readonly #parts: PolicyParts;
  readonly #start: MessageStart;
  readonly #resolver: AskingResolver;
  readonly #facts: FactBook;
  readonly #trial: TrialRun | undefined;
  #envelope: Awaitable<readonly JudgedCheck[]> | undefined;
  #judgedRecipients: readonly JudgedCheck[] = [];
  #links: LinkSearch | undefined;
  #aside: SignaturesAside | undefined;
  #isKnown: boolean | undefined;

  constructor(parts: PolicyParts, start: MessageStart) {
    const { trace, client, isClientUnknown = false, helo, from, rule } = start;
    const { own, lookAlikes, records, clock, values, harvest, replays, resolver, lists } = parts;
    this.#parts = parts;
    this.#start = start;
    this.#resolver = new AskingResolver({ resolver, clock, asked: (question) => trace.asked(question) });
    this.#facts = new FactBook({
      client,
      isClientUnknown,
      helo,
      from,
      rule,
      own,
      lookAlikes,
      records,
      clock,
      harvest,
      replays,
      lists,
      resolver: this.#resolver,
      policyResolver: this.#resolver.forPolicy,
      arcSealers: values.arcSealers,
      forwarders: values.forwarders,
      namedSenders: values.namedSenders,
      message: undefined,
    });
    this.#trial = this.#beginTrial();
  }

  /** Of the connection, HELO and sender; judged once, when the first recipient that is ours was named. */
  envelope(): Awaitable<PolicyVerdict> {
    this.#envelope ??= this.#judgeEnvelope();
    return andThen(this.#envelope, (judged) => tellValues(combineEarly(judged), this.#start));
  }

  /** Of one recipient: answers at once. */
  recipient(kind: AskedRecipient): PolicyVerdict | undefined {
    const { harvest } = this.#parts;
    if (this.#start.isClientUnknown === true) return undefined;
    harvest.asked(this.#start.client, kind);
    if (kind === 'known' && harvest.of(this.#start.client).network?.unknown === 0) return undefined;
    this.#facts.forget('harvest');
    const judged = this.#run(recipientChecks);
    if (judged instanceof Promise || judged.length === 0) return undefined;
    this.#judgedRecipients = judged;
    const verdict = tellValues(combineEarly(judged), this.#start);
    if (verdict.action !== 'accept') this.#write(judged);
    return verdict;
  }

  /** The header has come. What is given back wants the body, octet by octet, unless it says otherwise, and perhaps the parts. */
  header(header: HeaderBlock): BodySink {
    const { lists } = this.#parts;
    const signatures = this.#signatures(header);
    // Sought only where a list is to be asked about what it links to.
    const isSought = !this.#start.dnsExempt && lists?.dns.isAsked('links') === true;
    const search = isSought ? new LinkSearch(this.#parts) : undefined;
    this.#links = search;
    const links = search === undefined ? {} : { links: () => search.found() };
    this.#facts.advance({ message: { header, signatures, recipients: 0, ...links } });
    return bodySink(signatures, search);
  }

  /** The whole message, with all that was found before. Facts may still be read until `end`. */
  async message(recipients: number): Promise<PolicyVerdict> {
    this.#facts.advanceRecipients(recipients);
    this.#resolver.beginPhase(messageAskMs);
    // A rule that asks for the size can tell only now.
    this.#facts.forget('rule');
    const judged = await this.#run(messageChecks);
    const before = [...((await this.#envelope) ?? []), ...this.#judgedRecipients];
    const all = [...before.map(lenient), ...judged];
    const found = combineFindings(all, this.#values);
    const verdict = found.action === 'greylist' ? await this.#greylisted(found, all) : found;
    this.#write(judged);
    const { action } = verdict;
    if (this.#trial !== undefined)
      await this.#trial.count({ envelope: before, message: judged, action, isKnown: this.#isKnown });
    const { dnsExempt, isClientUnknown } = this.#start;
    const isKnown = !dnsExempt && isClientUnknown !== true;
    if (isKnown && verdict.action === 'accept') await this.#remember(verdict);
    return verdict;
  }

  /** The facts that were found out. */
  get facts(): FactBook {
    return this.#facts;
  }

  get asksDns(): boolean {
    return !this.#start.dnsExempt;
  }

  /** Nothing more is asked: timers end, what was held is let go. */
  end(): void {
    this.#resolver.endPhase();
    this.#links?.end();
    this.#aside?.end();
  }

  #judgeEnvelope(): Awaitable<readonly JudgedCheck[]> {
    const { trace, dnsExempt } = this.#start;
    this.#resolver.beginPhase(envelopeAskMs);
    return andThen(this.#run(envelopeChecks), (judged) => {
      this.#resolver.endPhase();
      this.#write(judged);
      if (dnsExempt) trace.step(exemptStep);
      return this.#trial === undefined ? judged : this.#countRefused(this.#trial, judged);
    });
  }

  /** Mail that is not signed shall cost nothing. */
  #signatures(header: HeaderBlock): JudgedSignatures {
    const { clock, keys, verify, authentication: engine } = this.#parts;
    const world = { resolver: this.#resolver, clock, keys, verify };
    const isSealed = header.fields.some(({ name }) => name === 'arc-seal');
    const isSigned = isSealed || header.fields.some(({ name }) => name === 'dkim-signature');
    if (!isSigned) return unsigned;
    const isAside = !isSealed && header.bodyStart <= asideHeaderBytesMax && !this.#start.dnsExempt;
    if (!isAside || engine?.offer() !== true) return readSignatures(header, world);
    this.#aside = new SignaturesAside(header, { ...world, engine, room: this.#parts.asideRoom });
    return this.#aside;
  }

  /** The settings that hold for this message. */
  get #values(): PolicyValues {
    return this.#trial?.values ?? this.#parts.values;
  }

  #beginTrial(): TrialRun | undefined {
    const { trials: book, values } = this.#parts;
    // Nothing on trial costs nothing.
    if (book === undefined || book.running.length === 0) return undefined;
    const { client, from, helo, dnsExempt, trace } = this.#start;
    const parts = { book, values, facts: this.#facts, mayAsk: !dnsExempt, trace };
    return TrialRun.begin(parts, { client, domain: from?.domain ?? helo });
  }

  /** What is refused before it is sent comes to no other end. */
  async #countRefused(trial: TrialRun, judged: readonly JudgedCheck[]): Promise<readonly JudgedCheck[]> {
    const { action } = combineEarly(judged);
    if (action !== 'accept')
      await trial.count({ envelope: judged, message: undefined, action, isKnown: undefined });
    return judged;
  }

  #run(wanted: CheckLists): Awaitable<readonly JudgedCheck[]> {
    const { clock } = this.#parts;
    const values = this.#values;
    return runChecks(wanted, { facts: this.#facts, values, mayAsk: !this.#start.dnsExempt, clock });
  }

  async #greylisted(verdict: PolicyVerdict, judged: readonly JudgedCheck[]): Promise<PolicyVerdict> {
    const { greylist } = this.#parts;
    const values = this.#values;
    const otherwise = combineUnlisted(judged, values);
    const { dnsExempt, isClientUnknown } = this.#start;
    if (!values.greylisting || dnsExempt || isClientUnknown === true) return otherwise;
    const answer = await greylist.judge(await this.#source(), values.greylistDelayMs);
    const waits = answer.kind === 'wait';
    this.#isKnown = !waits;
    this.#start.trace.step({
      stage: 'message',
      check: 'greylist',
      outcome: waits ? 'finding' : 'pass',
      ...(waits ? { action: 'greylist' as const, status: '4.7.1' } : {}),
      reason: greylistWords[answer.kind],
      evidence: answer,
    });
    return waits ? { ...verdict, by: 'greylist', reply: greylistReply } : otherwise;
  }

  #remember({ score }: PolicyVerdict): Awaitable<void> {
    if (score >= this.#values.greylistScore) return undefined;
    return andThen(this.#source(), (source) => this.#parts.greylist.remember(source));
  }

  #source(): Awaitable<GreylistSource> {
    const { client, from, helo } = this.#start;
    return andThen(allOf([this.#facts.read('spf'), this.#facts.read('dkim')]), ([spf, { outcomes }]) => {
      const signers = outcomes.flatMap(({ result, domain }) =>
        result === 'pass' && domain !== undefined ? [domain as string] : [],
      );
      const domains = [...new Set([...(spf.result === 'pass' ? [spf.domain] : []), ...signers])];
      return { client, domains, sender: from?.domain ?? helo };
    });
  }

  #write(judged: readonly JudgedCheck[]): void {
    const { trace } = this.#start;
    for (const one of judged) {
      const step = judgedStep(one);
      if (step !== undefined) trace.step(step);
    }
    for (const [name, value] of this.#facts.recorded()) trace.fact(name, value);
  }
}

const unsigned: MessageSignatures = {
  dkimSignatures: 0,
  sealers: [],
  wantsBody: false,
  update: () => undefined,
  dkim: () => Promise.resolve(noDkim),
  arc: () => Promise.resolve(noArc),
};

const exemptStep = {
  stage: 'connect',
  check: 'dns',
  outcome: 'skipped',
  reason: "the client's network is exempt from checks that ask the DNS",
} as const;

const greylistReply = {
  detail: '7.1',
  text: 'this server does not know you yet: try again in a few minutes, as mail servers do',
} as const;

const greylistWords = {
  known: 'the client or its domain is known',
  returned: 'the client came again, as a mail server does',
  wait: 'the client is unknown and its mail is suspicious: put off',
  unavailable: 'whether the client is known could not be asked',
} as const;
