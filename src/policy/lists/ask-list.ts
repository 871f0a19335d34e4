import { allOf } from '#base/all-of.ts';
import { andThen } from '#base/and-then.ts';
import { err, ok } from '#base/result.ts';
import type { Awaitable, Result } from '#base/result.ts';
import type { Clock } from '#platform/clock.ts';
import { withBudget } from '#platform/resolver-budget.ts';
import type { DnsAnswer, DnsFailure, Resolver } from '#platform/resolver.ts';
import type { DnsList } from './dns-list.ts';
import type { ListHealth, ListReport } from './list-health.ts';
import { listQuestion } from './list-question.ts';
import type { SubjectLabels } from './list-question.ts';
import type { ListHit, ListSaid, ListSubject } from './list-said.ts';
import type { ListSource } from './list-source.ts';
import { readListAnswer } from './read-list-answer.ts';
import type { ListAnswer } from './read-list-answer.ts';
import type { ListKeys } from './with-list-keys.ts';

/** Hits of one list that are told; a message may name hundreds. */
const hitsTold = 5;
/** P-28: one list that is slow is not waited for longer, whatever is left of the message's time. */
const answerMs = 3_000;

/** A subject and what questions about it begin with, made once for all lists. */
export interface NamedSubject {
  readonly subject: ListSubject;
  readonly labels: SubjectLabels;
}

/** A list, where it is asked, and whether it can be believed. */
export interface AskedList {
  readonly list: DnsList;
  /** As it is just now. */
  readonly source: () => ListSource;
  readonly health: ListHealth;
}

export interface ListAsking {
  /** Within the budget of the message. */
  readonly resolver: Resolver;
  readonly clock: Clock;
  readonly keys: ListKeys;
}

interface ListQuestion {
  readonly subject: ListSubject;
  readonly name: string;
}

/** What one list says of these subjects; `undefined`: it takes none of them. */
export function askList(
  asked: AskedList,
  subjects: readonly NamedSubject[],
  asking: ListAsking,
): Awaitable<ListSaid | undefined> {
  const { list, health } = asked;
  const questions = questionsOf(list, subjects, asking.keys);
  if (questions.length === 0) return undefined;
  const told = { list: list.name, title: list.title, lookUpAt: list.lookUpAt };
  return andThen(health.isUsable(), (isUsable) => {
    if (!isUsable) return { ...told, outcome: 'error', hits: [], share: 0, problem: offWords(health.report) };
    return andThen(answersOf(asked, questions, asking), (answers) => ({
      ...told,
      ...joined(questions, answers),
    }));
  });
}

function questionsOf(
  list: DnsList,
  subjects: readonly NamedSubject[],
  keys: ListKeys,
): readonly ListQuestion[] {
  const hasKey = (key: string): boolean => keys.get(key) !== undefined;
  const questions: ListQuestion[] = [];
  for (const { subject, labels } of subjects) {
    const name = listQuestion(list, labels, { hasKey });
    if (name !== undefined) questions.push({ subject, name });
  }
  return questions;
}

function answersOf(
  { list, source, health }: AskedList,
  questions: readonly ListQuestion[],
  { resolver, clock }: ListAsking,
): Awaitable<readonly ListAnswer[]> {
  const read = (answer: Result<DnsAnswer, DnsFailure>): ListAnswer => {
    const said = readListAnswer(list, answer);
    health.answered(said);
    return said;
  };
  const { zone, isOwn, resolver: own } = source();
  if (zone !== undefined)
    return questions.map(({ subject, name }) => read(zoneAnswer(zone.find(subject.name), name)));
  const asked = isOwn ? (resolver.through?.(own) ?? own) : resolver;
  const ask = inTime(asked, clock, questions.length);
  return allOf(questions.map(({ name }) => andThen(ask(name), read)));
}

type Ask = (name: string) => Awaitable<Result<DnsAnswer, DnsFailure>>;

/** Asks within the time of one list; under the timer of the message, where its resolver has one. */
function inTime(resolver: Resolver, clock: Clock, queriesMax: number): Ask {
  const bounded = withBudget(resolver, clock, { queriesMax, totalMs: answerMs });
  const endsAtMs = clock.monotonic() + answerMs;
  return (name) =>
    andThen(bounded.ask(name, 'A'), (answer) => {
      const isOver = !answer.ok && answer.error === 'budget' && clock.monotonic() >= endsAtMs;
      return isOver ? err('timeout') : answer;
    });
}

/** What a file has, as the DNS would have said it. */
function zoneAnswer(codes: readonly string[], name: string): Result<DnsAnswer, DnsFailure> {
  if (codes.length === 0) return err('nxdomain');
  const records = codes.map((data) => ({ type: 'A', name, data }) as const);
  return ok({ records, ttlMs: 0, authenticated: false });
}

type Outcome = Pick<ListSaid, 'outcome' | 'hits' | 'share'> & { readonly problem?: string };

const clean: Outcome = { outcome: 'clean', hits: [], share: 0 };

/** A hit is a hit, whatever else was not answered; without one, what stayed open is told. */
function joined(questions: readonly ListQuestion[], answers: readonly ListAnswer[]): Outcome {
  if (answers.every(({ kind }) => kind === 'clean')) return clean;
  const hits: (ListHit & { readonly share: number })[] = questions.flatMap(({ subject }, index) => {
    const answer = answers[index];
    return answer?.kind === 'listed'
      ? [{ ...subject, codes: answer.codes, meanings: answer.meanings, share: answer.share }]
      : [];
  });
  if (hits.length > 0) {
    const byShare = hits.toSorted((a, b) => b.share - a.share);
    const told = byShare.slice(0, hitsTold).map(({ share: _share, ...hit }) => hit);
    return { outcome: 'listed', hits: told, share: byShare[0]?.share ?? 0 };
  }
  for (const answer of answers)
    if (answer.kind === 'error') return { outcome: 'error', hits: [], share: 0, problem: answer.problem };
  for (const answer of answers)
    if (answer.kind === 'unanswered')
      return { outcome: 'unanswered', hits: [], share: 0, problem: answer.failure };
  return clean;
}

function offWords({ state, problem }: ListReport): string {
  return `it is not asked just now: ${problem ?? state}`;
}
