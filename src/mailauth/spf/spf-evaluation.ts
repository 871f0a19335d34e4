import { err, ok, unreachable } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { now } from '#base/steps.ts';
import type { Steps } from '#base/steps.ts';
import type { DnsRecord, RecordType } from '#platform/resolver.ts';
import { cleanForeignText } from '#trace/foreign-text.ts';
import { addressBytes } from '../address-bytes.ts';
import { BoundedQuestions } from '../bounded-questions.ts';
import type { QuestionFailure } from '../bounded-questions.ts';
import type { SpfSender } from './spf-identity.ts';
import {
  evaluationMs,
  evidenceTextBytesMax,
  lookupTermsMax,
  questionsMax,
  voidLookupsMax,
} from './spf-limits.ts';
import type { SpfEvidence, SpfInput, SpfProblem, SpfProblemCode, SpfWorld } from './spf-outcome.ts';

/** Why an evaluation ends before a record has said its word. */
export interface SpfStop {
  readonly result: 'none' | 'temperror' | 'permerror';
  readonly problem: SpfProblem;
}

/** What one evaluation of `check_host()` gives unless it ends. */
export type Unstopped<T> = Result<T, SpfStop>;

/** Where an evaluation is: in the record of which domain, and there at which term. */
export interface SpfPlace {
  readonly domain: string;
  readonly term?: string;
}

/**
 * What is shared by the evaluation of a record and all that it includes or redirects to: the client, the sender, and
 * one account of what it has cost (RFC 7208 §4.6.4).
 */
export class SpfEvaluation {
  readonly client: Uint8Array;
  readonly input: SpfInput;
  readonly sender: SpfSender;
  readonly world: SpfWorld;
  readonly questions: BoundedQuestions;
  readonly #records: { readonly domain: string; readonly text: string }[] = [];
  #lookupTerms = 0;
  #voidLookups = 0;
  #localPartUsed = false;
  #decided = false;

  constructor(input: SpfInput, sender: SpfSender, world: SpfWorld) {
    const client = addressBytes(input.address);
    if (client === undefined) throw new Error('a client address that is none');
    this.client = client;
    this.input = input;
    this.sender = sender;
    this.world = world;
    this.questions = new BoundedQuestions(world, { queriesMax: questionsMax, totalMs: evaluationMs });
  }

  /** The result is there; what is asked from now on, for the explanation, counts for no limit of terms (§4.6.4). */
  decide(): void {
    this.#decided = true;
  }

  /** A term's macros read the local part (RFC 8601 §2.7.2). */
  useLocalPart(): void {
    this.#localPartUsed ||= !this.#decided;
  }

  /** Counts a term that needs look-ups, before it makes any. */
  countLookupTerm(place: SpfPlace): Unstopped<void> {
    if (this.#decided) return ok(undefined);
    this.#lookupTerms += 1;
    if (this.#lookupTerms <= lookupTermsMax) return ok(undefined);
    return stop('too-many-lookup-terms', place, `more than ${lookupTermsMax} terms with look-ups`);
  }

  /** The question that a term is about: an empty answer counts. */
  *askForTerm(name: string, type: RecordType, place: SpfPlace): Steps<Unstopped<readonly DnsRecord[]>> {
    const answer = yield* this.ask(name, type, place);
    if (!answer.ok || answer.value.length > 0 || this.#decided) return answer;
    this.#voidLookups += 1;
    if (this.#voidLookups <= voidLookupsMax) return answer;
    return stop('too-many-void-lookups', place, `more than ${voidLookupsMax} look-ups that found nothing`);
  }

  *ask(name: string, type: RecordType, place: SpfPlace): Steps<Unstopped<readonly DnsRecord[]>> {
    const answer = yield* now(this.questions.ask(name, type));
    return answer.ok ? answer : unanswered(answer.error, place);
  }

  recordRead(domain: string, text: string): void {
    this.#records.push({ domain, text: shown(text) });
  }

  evidence(): Omit<SpfEvidence, 'matched' | 'problem'> {
    return {
      records: this.#records,
      asked: this.questions.asked,
      lookupTerms: this.#lookupTerms,
      voidLookups: this.#voidLookups,
      localPartUsed: this.#localPartUsed,
    };
  }
}

/** The evaluation ends because a question was not answered. */
export function unanswered(failure: QuestionFailure, place: SpfPlace): Unstopped<never> {
  switch (failure) {
    case 'no-answer':
      return stop('dns', place, 'the DNS did not answer');
    case 'out-of-time':
      return stop('out-of-time', place, 'the time for look-ups is used up');
    case 'too-many-questions':
      return stop('too-many-questions', place, `more than ${questionsMax} questions`);
    default:
      return unreachable(failure);
  }
}

const resultOf: Readonly<Record<SpfProblemCode, SpfStop['result']>> = {
  'no-domain': 'none',
  'no-record': 'none',
  'no-record-there': 'permerror',
  'several-records': 'permerror',
  'record-too-large': 'permerror',
  syntax: 'permerror',
  'bad-target': 'permerror',
  'too-many-lookup-terms': 'permerror',
  'too-many-void-lookups': 'permerror',
  'too-many-exchangers': 'permerror',
  'too-many-questions': 'permerror',
  dns: 'temperror',
  'out-of-time': 'temperror',
  'no-client': 'temperror',
};

export function stop(code: SpfProblemCode, { domain, term }: SpfPlace, detail: string): Unstopped<never> {
  const problem: SpfProblem = {
    code,
    domain: shown(domain),
    ...(term === undefined ? {} : { term: shown(term) }),
    detail: shown(detail),
  };
  return err({ result: resultOf[code], problem });
}

/** Foreign text as the evidence holds it. */
export function shown(text: string): string {
  return cleanForeignText(text, evidenceTextBytesMax);
}
