import { andThen } from '#base/and-then.ts';
import { parseClientAddress } from '#base/client-address.ts';
import type { Awaitable } from '#base/result.ts';
import type { Address } from '#mail/address.ts';
import type { HeaderBlock } from '#mail/header.ts';
import type { PolicyVerdict } from '#policy/combine-findings.ts';
import type { AskedRecipient } from '#policy/harvest-watch.ts';
import type { MessagePolicy } from '#policy/message-policy.ts';
import { resultFields } from '#policy/result-fields.ts';
import { reservedName } from '#store/reserved-name.ts';
import type { Finding } from './finding.ts';
import type { Routing } from './route-recipient.ts';
import { defer, refuse } from './refusal.ts';
import type { TransactionRules } from './transaction-rules.ts';
import type { TransactionStart } from './transaction-start.ts';

/** What policy made of a whole message that is taken. */
export interface TakenMessage {
  /** What is written in front of it at delivery: its results, and whether it is Junk (I-48). */
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
  readonly #policy: MessagePolicy;
  #hasOrdinary = false;

  /** `undefined`: nobody judges this mail. */
  static begin(start: TransactionStart, rules?: TransactionRules): TransactionPolicy | undefined {
    const { parts, context, mail, trace } = start;
    const client = parseClientAddress(context.client);
    if (parts.policy === undefined || context.role !== 'mx' || client === undefined) return undefined;
    const helo = context.helo ?? '';
    const dnsExempt = context.exempt.has('dns');
    const rule = () => rules?.word;
    const policy = parts.policy.begin({ client, helo, from: mail.from, dnsExempt, trace, rule });
    return new TransactionPolicy(start, policy);
  }

  private constructor(start: TransactionStart, policy: MessagePolicy) {
    this.#start = start;
    this.#policy = policy;
  }

  /**
   * What speaks against taking the message for this recipient. Nobody is asked on behalf of a client that names nobody of
   * ours, and what is wrong with client, HELO or sender is told here, so that the trace knows whom it was for.
   */
  recipient(address: Address, routing: Routing): Awaitable<Finding | undefined> {
    // RFC 5321 §4.5.1, S-03: whoever is refused by mistake can still write to those who can mend it.
    const isReserved = routing.kind === 'routed' && reservedName(address.local) !== undefined;
    this.#hasOrdinary ||= !isReserved;
    const harvest = this.#policy.recipient(askedFor(routing));
    if (harvest !== undefined && harvest.action !== 'accept' && !isReserved) return findingOf(harvest);
    if (routing.kind !== 'routed') return undefined;
    return andThen(this.#policy.envelope(), (verdict) =>
      verdict.action === 'accept' || isReserved ? undefined : findingOf(verdict),
    );
  }

  /** The header has come; what is given back takes the body, and is `undefined` when nobody wants it. */
  header(header: HeaderBlock): ((octets: Uint8Array) => void) | undefined {
    const signatures = this.#policy.header(header);
    return signatures.wantsBody ? (octets) => signatures.update(octets) : undefined;
  }

  async message(recipients: number): Promise<PolicyAnswer> {
    const asked = await this.#policy.message(recipients);
    const verdict = this.#hasOrdinary ? asked : this.#heard(asked);
    if (verdict.action !== 'accept' && verdict.action !== 'junk')
      return { kind: 'unwanted', finding: findingOf(verdict) };
    const { parts, context, trace } = this.#start;
    const { hostname } = parts;
    const results = await resultFields(this.#policy, { hostname, client: context.client });
    const junk = verdict.action === 'junk';
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

  /** The transaction is over, one way or the other. */
  end(): void {
    this.#policy.end();
  }
}

/** A full mailbox, trouble of our own or an attempt to relay is no guess at names. */
function askedFor(routing: Routing): AskedRecipient {
  if (routing.kind === 'routed') return 'known';
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
