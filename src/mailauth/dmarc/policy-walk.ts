import { andThen } from '#base/and-then.ts';
import { err, ok } from '#base/result.ts';
import type { Awaitable, Result } from '#base/result.ts';
import { now, walk } from '#base/steps.ts';
import type { Steps } from '#base/steps.ts';
import { domainBytesMax } from '#mail/domain.ts';
import type { Domain } from '#mail/domain.ts';
import type { DnsFailure } from '#platform/resolver.ts';
import { cleanForeignText } from '#trace/foreign-text.ts';
import type { TraceQuestion } from '#trace/record.ts';
import type { DmarcWorld, Unanswered } from './dmarc-outcome.ts';
import { readDmarcRecord } from './dmarc-record.ts';
import type { DmarcRecord } from './dmarc-record.ts';

/** RFC 9989 §4.10: whatever the number of labels, no tree walk asks more. */
export const walkQueriesMax = 8;

/** Of one answer, in the trace. */
const shownTextsMax = 4;

/** A domain on the way up that publishes a record. */
export interface PublishedAt {
  readonly domain: Domain;
  readonly record: DmarcRecord;
}

/**
 * The domains of a tree walk in order (RFC 9989 §4.10): the domain itself, then from seven labels down to one;
 * everything between is passed over, so that long names cost no more.
 */
export function walkDomains(start: Domain): readonly Domain[] {
  const labels = start.split('.');
  const rest = labels.slice(-Math.min(labels.length - 1, walkQueriesMax - 1));
  if (labels.length === 1) return [start];
  return [start, ...rest.map((_, index) => rest.slice(index).join('.') as Domain)];
}

/** The DMARC questions of one message; each name is asked once. `asked` tells them, unless the resolver writes them down. */
export class PolicyLookups {
  readonly asked: TraceQuestion[] = [];
  readonly #world: DmarcWorld;
  readonly #read: typeof readDmarcRecord;
  readonly #found = new Map<string, Awaitable<Result<DmarcRecord | undefined, Unanswered>>>();

  constructor(world: DmarcWorld) {
    this.#world = world;
    this.#read = world.records?.dmarc ?? readDmarcRecord;
  }

  /** The one record that a domain publishes. Several are none (RFC 9989 §4.10 step 2). */
  at(domain: Domain): Awaitable<Result<DmarcRecord | undefined, Unanswered>> {
    const known = this.#found.get(domain);
    if (known !== undefined) return known;
    const found = walk(this.#ask(domain));
    this.#found.set(domain, found);
    return found;
  }

  *#ask(domain: Domain): Steps<Result<DmarcRecord | undefined, Unanswered>> {
    const name = `_dmarc.${domain}`;
    // No such name can be in the DNS.
    if (name.length > domainBytesMax) return ok(undefined);
    const texts = yield* this.#texts(name);
    if (!texts.ok) return texts;
    const records = texts.value.map(this.#read).filter((record) => record !== undefined);
    return ok(records.length === 1 ? records[0] : undefined);
  }

  *#texts(name: string): Steps<Result<readonly string[], Unanswered>> {
    const startedMs = this.#world.clock.monotonic();
    const answer = yield* now(this.#world.resolver.ask(name, 'TXT'));
    const texts = answer.ok
      ? answer.value.records.flatMap((record) => (record.type === 'TXT' ? [record.data] : []))
      : [];
    this.#note({ name, type: 'TXT', startedMs }, () =>
      answer.ok ? texts.slice(0, shownTextsMax).map((text) => cleanForeignText(text)) : answer.error,
    );
    return answer.ok || isAbsence(answer.error) ? ok(texts) : err({ name, failure: answer.error });
  }

  /**
   * RFC 9989 §3.2.13: a domain does not exist when its own name is answered by NXDOMAIN (RFC 8020). CNAME is the one type
   * for which no alias is followed, so that NXDOMAIN is never that of an alias's target (RFC 6604 §3).
   */
  exists(domain: Domain): Awaitable<Result<boolean, Unanswered>> {
    const startedMs = this.#world.clock.monotonic();
    return andThen(this.#world.resolver.ask(domain, 'CNAME'), (answer) => {
      this.#note({ name: domain, type: 'CNAME', startedMs }, () => (answer.ok ? 'exists' : answer.error));
      if (answer.ok || answer.error === 'nodata') return ok(true);
      return answer.error === 'nxdomain' ? ok(false) : err({ name: domain, failure: answer.error });
    });
  }

  #note(
    { name, type, startedMs }: Pick<TraceQuestion, 'name' | 'type'> & { readonly startedMs: number },
    answer: () => unknown,
  ): void {
    if (this.#world.resolver.writesDown === true) return;
    const ms = this.#world.clock.monotonic() - startedMs;
    this.asked.push({ kind: 'dns', name, type, answer: answer(), ms });
  }
}

function isAbsence(failure: DnsFailure): failure is 'nxdomain' | 'nodata' {
  return failure === 'nxdomain' || failure === 'nodata';
}

/** All records on the way up, the longest name first; `psd=n` and `psd=y` end it (RFC 9989 §4.10). */
export function* walkTree(
  start: Domain,
  lookups: PolicyLookups,
): Steps<Result<readonly PublishedAt[], Unanswered>> {
  const found: PublishedAt[] = [];
  for (const domain of walkDomains(start)) {
    const record = yield* now(lookups.at(domain));
    if (!record.ok) return record;
    if (record.value === undefined) continue;
    found.push({ domain, record: record.value });
    if (record.value.psd !== 'u') break;
  }
  return ok(found);
}

/**
 * The Organizational Domain that a walk from `start` shows (RFC 9989 §4.10.2). Only the last record can hold `psd=`,
 * since that ends the walk.
 */
export function organizationalDomain(start: Domain, found: readonly PublishedAt[]): Domain {
  const top = found.at(-1);
  if (top === undefined) return start;
  return top.record.psd === 'y' ? childTowards(start, top.domain) : top.domain;
}

/** The name one label below `parent` on the way to `start`; a suffix that is the start itself stays what it is. */
function childTowards(start: Domain, parent: Domain): Domain {
  const labels = parent.split('.').length + 1;
  return start.split('.').slice(-labels).join('.') as Domain;
}
