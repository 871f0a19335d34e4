import { parseClientAddress } from '#base/client-address.ts';
import { formatAddress } from '#mail/address.ts';
import type { Address } from '#mail/address.ts';
import { ruleAddress, ruleRecipient } from '#policy/rules/mail-subject.ts';
import type { MailRule } from '#policy/rules/mail-rule.ts';
import type { RuleOutcome } from '#policy/rules/judge-rules.ts';
import type { RuleBook } from '#policy/rules/rule-book.ts';
import type { RuleFacts } from '#policy/rules/rule-facts.ts';
import { ruleReason, ruleWord } from '#policy/rules/rule-word.ts';
import type { RuleWord } from '#policy/rules/rule-word.ts';
import { reservedName } from '#store/reserved-name.ts';
import type { Finding } from './finding.ts';
import type { TransactionContext } from './intake.ts';
import type { JudgedClient } from './judged-client.ts';
import { defer, refuse } from './refusal.ts';
import type { TransactionStart } from './transaction-start.ts';

type Facts = Omit<RuleFacts, 'networks' | 'recipient' | 'isReserved' | 'size'>;

/**
 * The administrator's rules, as a transaction asks them (I-89): of each recipient that could have the message, and once
 * more of the whole. They come after the server's own laws (relay, log-in, sender, syntax) and lift none of them.
 */
export class TransactionRules {
  readonly #start: TransactionStart;
  readonly #book: Pick<RuleBook, 'judge' | 'ceiling'>;
  #facts: Facts;
  /** One recipient for each set of rules that is to be asked again at the end. */
  readonly #waiting = new Map<string, Address>();
  readonly #noted = new Set<string>();
  #word: RuleWord | undefined;
  /** Names of the rules that hold, or may hold, for the recipient that was asked about last. */
  #kind = '';

  /** `undefined`: there are none. */
  static begin(start: TransactionStart): TransactionRules | undefined {
    const { rules } = start.parts;
    return rules === undefined || rules.isEmpty ? undefined : new TransactionRules(start, rules);
  }

  private constructor(start: TransactionStart, book: Pick<RuleBook, 'judge' | 'ceiling'>) {
    this.#start = start;
    this.#book = book;
    this.#facts = factsOf(start);
  }

  /** The rule that decides, as far as is known: what policy is told. */
  get word(): RuleWord | undefined {
    return this.#word;
  }

  /** What speaks against taking the message for this recipient. */
  recipient(address: Address): Finding | undefined {
    const { sizeBytes = 0 } = this.#start.mail;
    this.#forget();
    const outcome = this.#judge(address, { bytes: sizeBytes, isWhole: false });
    this.#note(outcome);
    const { decided, open } = outcome;
    const word = decided && this.#wordOf(decided, 'rcpt');
    if (open.length === 0 && isRefusal(word)) return this.#finding(word);
    const kind = [...open, ...(decided === undefined ? [] : [decided])].map(({ name }) => name).join(' ');
    if (this.#isOtherKind(kind)) return oneKindOnly;
    this.#kind = kind;
    if (word?.action === 'accept') this.#tell(word);
    return undefined;
  }

  /** The recipient that was asked about last is one of the message's. */
  accepted(address: Address): void {
    if (!this.#waiting.has(this.#kind)) this.#waiting.set(this.#kind, address);
  }

  /**
   * What speaks against the whole message; the hardest word of all recipients counts.
   * @param brought whose mail it is, where a gateway brought it
   */
  message(sizeBytes: number, brought?: JudgedClient): Finding | undefined {
    if (this.#facts.isClientLate) this.#facts = { ...this.#facts, ...broughtClient(brought) };
    this.#forget();
    const words = [...this.#waiting.values()].flatMap((address) => {
      const outcome = this.#judge(address, { bytes: sizeBytes, isWhole: true });
      this.#note(outcome);
      return outcome.decided === undefined ? [] : [this.#wordOf(outcome.decided, 'message')];
    });
    const hardest = (['refuse', 'defer', 'junk'] as const)
      .map((action) => words.find((word) => word.action === action))
      .find((word) => word !== undefined);
    const [first] = words;
    // Whom a gateway brings is judged from here on: it is not too late to vouch for him.
    if (first !== undefined && words.every(({ action }) => action === 'accept'))
      this.#tell({ ...first, at: 'rcpt' });
    if (hardest === undefined) return undefined;
    this.#tell(hardest);
    return isRefusal(hardest) ? this.#finding(hardest) : undefined;
  }

  /**
   * One reply and one verdict is for all recipients of a message: on `mx` those for whom other rules hold come in a
   * transaction of their own, so that nobody steps around a rule by naming somebody else beside.
   */
  #isOtherKind(kind: string): boolean {
    return this.#start.context.role === 'mx' && this.#waiting.size > 0 && !this.#waiting.has(kind);
  }

  #judge(address: Address, size: RuleFacts['size']): RuleOutcome {
    const text = formatAddress(address);
    const isReserved = reservedName(address.local) !== undefined;
    return this.#book.judge({ ...this.#facts, recipient: ruleRecipient(text), isReserved, size });
  }

  #wordOf(rule: MailRule, at: RuleWord['at']): RuleWord {
    const word = ruleWord(rule, { ceiling: this.#book.ceiling, at });
    if (word.action === 'note') this.#noteOnce(rule, { wanted: rule.action });
    return word;
  }

  #note({ notes }: RuleOutcome): void {
    for (const rule of notes) this.#noteOnce(rule, {});
  }

  #noteOnce(rule: MailRule, evidence: Readonly<Record<string, unknown>>): void {
    if (this.#noted.has(rule.name)) return;
    this.#noted.add(rule.name);
    this.#start.trace.step({
      stage: 'rcpt',
      check: 'rule',
      outcome: 'finding',
      action: 'note',
      reason: ruleReason(reasonOf(rule)),
      evidence: { rule: rule.name, ...evidence },
    });
  }

  #tell(word: RuleWord): void {
    this.#word = word;
    this.#start.trace.fact('rule', word);
  }

  /** What was said of a recipient who was refused holds for nobody else, and not for the message. */
  #forget(): void {
    if (this.#word === undefined) return;
    this.#word = undefined;
    this.#start.trace.fact('rule', undefined);
  }

  #finding(word: RuleWord): Finding {
    const { context, trace } = this.#start;
    this.#tell(word);
    const detail = ruleReason(word);
    // Our own users may know what holds them up; strangers ask whom the trace is for (P-17).
    const text =
      context.role === 'submission' ? `${detail} does not allow this` : 'this mail is not accepted here';
    const words = { detail: '7.1', text } as const;
    const refusal =
      word.action === 'refuse' ? refuse({ code: 550, ...words }) : defer({ code: 451, ...words });
    trace.step({
      stage: word.at,
      check: 'rule',
      outcome: 'finding',
      action: word.action === 'refuse' ? 'refuse' : 'defer',
      status: refusal.status,
      reason: detail,
      evidence: { rule: word.name },
    });
    return { check: 'rule', refusal, detail, isTraced: true };
  }
}

function broughtClient(brought: JudgedClient | undefined): Pick<Facts, 'client' | 'helo' | 'isClientLate'> {
  const client = brought === undefined || brought.isUnknown ? undefined : brought.client;
  return { client, helo: brought?.helo ?? '', isClientLate: false };
}

function isRefusal(word: RuleWord | undefined): word is RuleWord & { readonly action: 'refuse' | 'defer' } {
  return word?.action === 'refuse' || word?.action === 'defer';
}

function reasonOf({ name, reason }: MailRule): Pick<RuleWord, 'name' | 'reason'> {
  return reason === undefined ? { name } : { name, reason };
}

/** Who brings mail of others is not meant by rules about clients: they are asked when its header has come (I-59). */
const lateClient = { client: undefined, helo: '', isClientLate: true } as const;

function ownClient({
  client,
  helo = '',
  isClientUnknown,
}: TransactionContext): Pick<Facts, 'client' | 'helo'> {
  return { client: isClientUnknown === true ? undefined : parseClientAddress(client), helo };
}

function factsOf({ context, mail }: TransactionStart): Facts {
  const { identity } = context;
  const speaksForOthers = context.gateways !== undefined;
  return {
    direction: context.role === 'submission' ? 'out' : 'in',
    listener: context.listener,
    ...(speaksForOthers ? lateClient : { ...ownClient(context), isClientLate: false }),
    tls: context.tls !== undefined,
    account: identity && ruleAddress(formatAddress(identity.address)),
    sender: mail.from && ruleAddress(formatAddress(mail.from)),
  };
}

const oneKindOnly: Finding = {
  check: 'rule',
  refusal: defer({
    code: 452,
    detail: '5.3',
    text: 'other rules hold for this recipient: send it in a transaction of its own',
  }),
};
