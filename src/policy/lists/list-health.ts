import type { Awaitable } from '#base/result.ts';
import type { Clock } from '#platform/clock.ts';
import type { Resolver } from '#platform/resolver.ts';
import type { EventSink } from '#trace/events.ts';
import type { ListZone } from '../list-files/list-files.ts';
import type { DnsList } from './dns-list.ts';
import type { ListSource } from './list-source.ts';
import { listQuestion, subjectLabels } from './list-question.ts';
import { readListAnswer } from './read-list-answer.ts';
import type { ListAnswer } from './read-list-answer.ts';
import type { ListKeys } from './with-list-keys.ts';

/** P-22: how often a list is asked for its own entries. */
export const listTestEveryMs = 60 * 60_000;
/** One that did not answer is tried again so much later. */
const silentForMs = 60_000;
/** P-28: what a message waits for the first test of a list. */
const testMs = 2_000;
/** Questions in a row without an answer, after which a list is left alone for a while. */
const failuresMax = 5;

export type ListState =
  | 'untested'
  | 'works'
  /** It lists what nobody lists, or does not have what every list has (RFC 5782 §5). */
  | 'dead'
  /** It says that we may not ask. */
  | 'refuses'
  | 'silent';

/** How a list does, since the start. */
export interface ListReport {
  readonly state: ListState;
  readonly problem: string | undefined;
  /** Wall clock; `undefined`: never yet. */
  readonly testedMs: number | undefined;
  readonly asked: number;
  readonly listed: number;
  readonly failed: number;
}

export interface HealthParts {
  readonly clock: Clock;
  readonly events: EventSink;
  readonly keys: ListKeys;
  /** Where the list is asked, or kept, just now. */
  readonly source: (list: DnsList) => ListSource;
}

/** Whether one list can be believed: its own entries, asked hourly while it is in use. */
export class ListHealth {
  readonly #list: DnsList;
  readonly #parts: HealthParts;
  #state: ListState = 'untested';
  #problem: string | undefined;
  #testedMs: number | undefined;
  /** By the monotonic clock. */
  #dueMs = 0;
  #testing: Promise<void> | undefined;
  /** Where it was asked last. */
  #way: string | undefined;
  /** Counts the ways in which it was asked. */
  #round = 0;
  #failures = 0;
  #asked = 0;
  #listed = 0;
  #failed = 0;

  constructor(list: DnsList, parts: HealthParts) {
    this.#list = list;
    this.#parts = parts;
  }

  get report(): ListReport {
    return {
      state: this.#state,
      problem: this.#problem,
      testedMs: this.#testedMs,
      asked: this.#asked,
      listed: this.#listed,
      failed: this.#failed,
    };
  }

  /** Whether it may be asked; waits only while nothing at all is known of it. */
  isUsable(): Awaitable<boolean> {
    const { zone, isOwn } = this.#parts.source(this.#list);
    const way = zone !== undefined ? 'files' : isOwn ? 'resolver' : 'dns';
    if (this.#way !== undefined && this.#way !== way) this.renew();
    this.#way = way;
    // A file that is read, or gone, counts at once: nobody has to be asked.
    const isRead = zone !== undefined && zone.problem === undefined;
    if (zone !== undefined && isRead !== this.#works) this.#dueMs = 0;
    if (this.#parts.clock.monotonic() < this.#dueMs) return this.#works;
    const tested = this.test();
    return this.#works || tested.then(() => this.#works);
  }

  get #works(): boolean {
    return this.#state === 'works';
  }

  /** Asks for the entries by which a list shows that it lives; one test at a time. */
  test(): Promise<void> {
    if (this.#testing !== undefined) return this.#testing;
    const testing = this.#test().finally(() => {
      if (this.#testing === testing) this.#testing = undefined;
    });
    this.#testing = testing;
    return testing;
  }

  /** It is asked in another way from now on, as with another key: what was found before says nothing of that. */
  renew(): void {
    this.#round += 1;
    this.#testing = undefined;
    this.#dueMs = 0;
    this.#failures = 0;
    // What worked may have been refused since; what did not is waited for at its next use anyway.
    if (this.#state === 'works') this.#state = 'untested';
  }

  answered({ kind }: ListAnswer): void {
    this.#asked += 1;
    if (kind === 'listed') this.#listed += 1;
    const isFailed = kind === 'unanswered' || kind === 'error';
    if (isFailed) this.#failed += 1;
    this.#failures = isFailed ? this.#failures + 1 : 0;
    if (this.#failures < failuresMax) return;
    this.#failures = 0;
    // Not judged by guesses: its next use begins with a test.
    this.#dueMs = 0;
    this.#state = 'untested';
  }

  async #test(): Promise<void> {
    const { test } = this.#list;
    const round = this.#round;
    const { clock, source } = this.#parts;
    const { zone, resolver } = source(this.#list);
    const { keyed, needsKey } = this.#list;
    const lacksKey = needsKey === true && this.#parts.keys.get(keyed?.key ?? '') === undefined;
    const found =
      lacksKey && zone === undefined
        ? { state: 'refuses' as const, problem: `it has no key: postern lists key ${keyed?.key ?? ''}` }
        : zone === undefined
          ? verdictOf(
              ...(await Promise.all([this.#ask(test.listed, resolver), this.#ask(test.unlisted, resolver)])),
            )
          : verdictOfZone(zone, test.unlisted);
    if (round !== this.#round) return;
    this.#testedMs = clock.now();
    const isSoon = found.state === 'silent' || zone !== undefined;
    this.#dueMs = clock.monotonic() + (isSoon ? silentForMs : listTestEveryMs);
    this.#become(found.state, found.problem);
  }

  async #ask(subject: string, resolver: Resolver): Promise<ListAnswer> {
    const { clock, keys } = this.#parts;
    const name = listQuestion(this.#list, subjectLabels(subject), {
      hasKey: (key) => keys.get(key) !== undefined,
    });
    if (name === undefined) return { kind: 'unanswered', failure: 'nodata' };
    const over = new AbortController();
    const late = clock.sleep(testMs, over.signal).then(() => ({ ok: false, error: 'timeout' }) as const);
    const answer = await Promise.race([resolver.ask(name, 'A', over.signal), late]);
    over.abort('over');
    return readListAnswer(this.#list, answer);
  }

  #become(state: ListState, problem: string | undefined): void {
    const before = this.#state;
    this.#state = state;
    this.#problem = problem;
    if (state === before || (before === 'untested' && state === 'works')) return;
    const { events } = this.#parts;
    const { name } = this.#list;
    if (state === 'works') events.emit({ name: 'list-on', list: name });
    else events.emit({ name: 'list-off', list: name, reason: problem ?? state });
  }
}

/** A file need not have the entries of tests, but must not list what nobody lists. */
function verdictOfZone(
  zone: ListZone,
  unlisted: string,
): { readonly state: ListState; readonly problem?: string } {
  if (zone.problem !== undefined)
    return { state: 'silent', problem: `its file is not in use: ${zone.problem}` };
  return zone.find(unlisted).length > 0
    ? { state: 'dead', problem: 'it lists everything' }
    : { state: 'works' };
}

function verdictOf(
  listed: ListAnswer,
  unlisted: ListAnswer,
): { readonly state: ListState; readonly problem?: string } {
  const [error] = [listed, unlisted].flatMap((one) => (one.kind === 'error' ? [one.problem] : []));
  if (unlisted.kind === 'listed') return { state: 'dead', problem: 'it lists everything' };
  if (error !== undefined) return { state: 'refuses', problem: error };
  if (listed.kind === 'unanswered' || unlisted.kind === 'unanswered')
    return { state: 'silent', problem: 'it does not answer' };
  if (listed.kind === 'clean') return { state: 'dead', problem: 'it does not list its own test entry' };
  return { state: 'works' };
}
