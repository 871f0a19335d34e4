import { err } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Clock } from '#platform/clock.ts';
import type { Resolver, ResolverBudget } from '#platform/resolver.ts';
import type { TraceQuestion } from '#trace/record.ts';
import { BoundedQuestions } from '../bounded-questions.ts';
import type { QuestionFailure } from '../bounded-questions.ts';
import { DkimProblem } from './dkim-problem.ts';
import { readKeyRecord } from './key-record.ts';
import type { KeyRecord } from './key-record.ts';
import { keyName } from './signature.ts';
import type { KeySignature } from './signature.ts';

/** The key records that a message needs, each asked for once and within a budget (I-41, S-09). */
export class KeyLookUp {
  readonly #questions: BoundedQuestions;
  readonly #asked = new Map<string, Promise<Result<KeyRecord, DkimProblem>>>();

  constructor(world: { readonly resolver: Resolver; readonly clock: Clock }, budget: ResolverBudget) {
    this.#questions = new BoundedQuestions(world, budget);
  }

  /** What was asked so far, for the trace. */
  get questions(): readonly TraceQuestion[] {
    return [...this.#questions.asked];
  }

  find(signature: Pick<KeySignature, 'selector' | 'domain'>): Promise<Result<KeyRecord, DkimProblem>> {
    const name = keyName(signature);
    const known = this.#asked.get(name);
    if (known !== undefined) return known;
    const asked = this.#ask(name);
    this.#asked.set(name, asked);
    return asked;
  }

  async #ask(name: string): Promise<Result<KeyRecord, DkimProblem>> {
    const answer = await this.#questions.ask(name, 'TXT');
    if (!answer.ok) return err(new DkimProblem('dns', failures[answer.error]));
    const [text, ...more] = answer.value.flatMap((record) => (record.type === 'TXT' ? [record.data] : []));
    if (text === undefined) return err(new DkimProblem('key-missing', 'there is no key of that name'));
    // RFC 6376 §3.6.2.2: what to do with several is not defined; trying each would let others choose.
    if (more.length > 0)
      return err(new DkimProblem('key-several', 'there is more than one record for the key'));
    return readKeyRecord(text);
  }
}

const failures: Readonly<Record<QuestionFailure, string>> = {
  'no-answer': 'the look-up of the key failed',
  'out-of-time': 'the look-up of the key took too long',
  'too-many-questions': 'the message had used up its look-ups',
};
