import { andThen } from '#base/and-then.ts';
import { err } from '#base/result.ts';
import type { Awaitable, Result } from '#base/result.ts';
import type { Clock } from '#platform/clock.ts';
import type { DnsRecord, Resolver, ResolverBudget } from '#platform/resolver.ts';
import type { TraceQuestion } from '#trace/record.ts';
import { BoundedQuestions } from '../bounded-questions.ts';
import type { QuestionFailure } from '../bounded-questions.ts';
import { DkimProblem } from './dkim-problem.ts';
import type { PublicKeyCache, PublishedKey } from './public-key-cache.ts';
import { keyName } from './signature.ts';
import type { KeySignature } from './signature.ts';

/** The key records that a message needs, each asked for once and within a budget (I-41, S-09). */
export class KeyLookUp {
  readonly #questions: BoundedQuestions;
  readonly #keys: PublicKeyCache;
  readonly #asked = new Map<string, Awaitable<Result<PublishedKey, DkimProblem>>>();

  constructor(
    world: { readonly resolver: Resolver; readonly clock: Clock; readonly keys: PublicKeyCache },
    budget: ResolverBudget,
  ) {
    this.#questions = new BoundedQuestions(world, budget);
    this.#keys = world.keys;
  }

  /** What was asked so far, for the trace. */
  get questions(): readonly TraceQuestion[] {
    return [...this.#questions.asked];
  }

  find(signature: Pick<KeySignature, 'selector' | 'domain'>): Awaitable<Result<PublishedKey, DkimProblem>> {
    const name = keyName(signature);
    const known = this.#asked.get(name);
    if (known !== undefined) return known;
    const asked = andThen(this.#questions.ask(name, 'TXT'), (answer) => this.#read(answer));
    this.#asked.set(name, asked);
    return asked;
  }

  #read(answer: Result<readonly DnsRecord[], QuestionFailure>): Result<PublishedKey, DkimProblem> {
    if (!answer.ok) return err(new DkimProblem('dns', failures[answer.error]));
    const [text, ...more] = answer.value.flatMap((record) => (record.type === 'TXT' ? [record.data] : []));
    if (text === undefined) return err(new DkimProblem('key-missing', 'there is no key of that name'));
    // RFC 6376 §3.6.2.2: what to do with several is not defined; trying each would let others choose.
    if (more.length > 0)
      return err(new DkimProblem('key-several', 'there is more than one record for the key'));
    return this.#keys.read(text);
  }
}

const failures: Readonly<Record<QuestionFailure, string>> = {
  'no-answer': 'the look-up of the key failed',
  'out-of-time': 'the look-up of the key took too long',
  'too-many-questions': 'the message had used up its look-ups',
};
