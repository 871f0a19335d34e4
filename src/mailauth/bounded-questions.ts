import { andThen } from '#base/and-then.ts';
import { err, ok, unreachable } from '#base/result.ts';
import type { Awaitable, Result } from '#base/result.ts';
import type { Clock } from '#platform/clock.ts';
import { withBudget } from '#platform/resolver-budget.ts';
import type {
  DnsAnswer,
  DnsFailure,
  DnsRecord,
  RecordType,
  Resolver,
  ResolverBudget,
} from '#platform/resolver.ts';
import { cleanForeignText } from '#trace/foreign-text.ts';
import type { TraceQuestion } from '#trace/record.ts';

/** `no-answer`: the DNS did not say; `out-of-time`: ours or the message's time is used up. */
export type QuestionFailure = 'no-answer' | 'out-of-time' | 'too-many-questions';

/** Of an answer, the records and octets each that the trace keeps. */
const recordsKeptMax = 12;
const recordKeptBytesMax = 256;

/**
 * The questions of one check: each asked once, no more than its budget allows (S-09), all of them told in `asked`, unless
 * the resolver writes them down itself.
 * A name that does not exist and one without such records are both an empty answer.
 */
export class BoundedQuestions {
  readonly asked: TraceQuestion[] = [];
  readonly #resolver: Resolver;
  /** The resolver writes them down itself. */
  readonly #isTold: boolean;
  readonly #clock: Clock;
  readonly #questionsMax: number;
  readonly #known = new Map<string, Result<readonly DnsRecord[], QuestionFailure>>();

  constructor(world: { readonly resolver: Resolver; readonly clock: Clock }, budget: ResolverBudget) {
    this.#resolver = withBudget(world.resolver, world.clock, budget);
    this.#isTold = world.resolver.writesDown === true;
    this.#clock = world.clock;
    this.#questionsMax = budget.queriesMax;
  }

  ask(name: string, type: RecordType): Awaitable<Result<readonly DnsRecord[], QuestionFailure>> {
    const key = `${type} ${name}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.#known.size >= this.#questionsMax) return err('too-many-questions');
    const startedMs = this.#isTold ? 0 : this.#clock.monotonic();
    return andThen(this.#resolver.ask(name, type), (answer) => {
      if (!this.#isTold) this.#tell({ name, type, startedMs }, answer);
      const result = readAnswer(answer);
      this.#known.set(key, result);
      return result;
    });
  }

  #tell(
    {
      name,
      type,
      startedMs,
    }: { readonly name: string; readonly type: RecordType; readonly startedMs: number },
    answer: Result<DnsAnswer, DnsFailure>,
  ): void {
    this.asked.push({
      kind: 'dns',
      name: cleanForeignText(name, recordKeptBytesMax),
      type,
      answer: shownAnswer(answer),
      ms: Math.round((this.#clock.monotonic() - startedMs) * 100) / 100,
    });
  }
}

function readAnswer(answer: Result<DnsAnswer, DnsFailure>): Result<readonly DnsRecord[], QuestionFailure> {
  if (answer.ok) return ok(answer.value.records);
  switch (answer.error) {
    case 'nxdomain':
    case 'nodata':
      return ok([]);
    case 'servfail':
    case 'timeout':
      return err('no-answer');
    case 'budget':
      return err('out-of-time');
    default:
      return unreachable(answer.error);
  }
}

function shownAnswer(answer: Result<DnsAnswer, DnsFailure>): readonly string[] | DnsFailure {
  if (!answer.ok) return answer.error;
  const { records } = answer.value;
  const shown = records
    .slice(0, recordsKeptMax)
    .map((one) => cleanForeignText(text(one), recordKeptBytesMax));
  return records.length > recordsKeptMax ? [...shown, `and ${records.length - recordsKeptMax} more`] : shown;
}

function text(record: DnsRecord): string {
  switch (record.type) {
    case 'A':
    case 'AAAA':
    case 'PTR':
    case 'CNAME':
    case 'NS':
    case 'TXT':
      return record.data;
    case 'MX':
      return `${record.preference} ${record.exchange}`;
    default:
      return record.type;
  }
}
