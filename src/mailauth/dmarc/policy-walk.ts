import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
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

/** The DMARC questions of one message; each name is asked once. */
export class PolicyLookups {
  readonly asked: TraceQuestion[] = [];
  readonly #world: DmarcWorld;
  readonly #found = new Map<string, Promise<Result<DmarcRecord | undefined, Unanswered>>>();

  constructor(world: DmarcWorld) {
    this.#world = world;
  }

  /** The one record that a domain publishes. Several are none (RFC 9989 §4.10 step 2). */
  at(domain: Domain): Promise<Result<DmarcRecord | undefined, Unanswered>> {
    const known = this.#found.get(domain);
    if (known !== undefined) return known;
    const found = this.#ask(domain);
    this.#found.set(domain, found);
    return found;
  }

  async #ask(domain: Domain): Promise<Result<DmarcRecord | undefined, Unanswered>> {
    const name = `_dmarc.${domain}`;
    // No such name can be in the DNS.
    if (name.length > domainBytesMax) return ok(undefined);
    const texts = await this.#texts(name);
    if (!texts.ok) return texts;
    const records = texts.value.map(readDmarcRecord).filter((record) => record !== undefined);
    return ok(records.length === 1 ? records[0] : undefined);
  }

  async #texts(name: string): Promise<Result<readonly string[], Unanswered>> {
    const startedMs = this.#world.clock.monotonic();
    const answer = await this.#world.resolver.ask(name, 'TXT');
    const texts = answer.ok
      ? answer.value.records.flatMap((record) => (record.type === 'TXT' ? [record.data] : []))
      : [];
    const shown = texts.slice(0, shownTextsMax).map((text) => cleanForeignText(text));
    this.#note({ name, type: 'TXT', startedMs, answer: answer.ok ? shown : answer.error });
    return answer.ok || isAbsence(answer.error) ? ok(texts) : err({ name, failure: answer.error });
  }

  /**
   * RFC 9989 §3.2.13: a domain does not exist when its own name is answered by NXDOMAIN (RFC 8020). CNAME is the one type
   * for which no alias is followed, so that NXDOMAIN is never that of an alias's target (RFC 6604 §3).
   */
  async exists(domain: Domain): Promise<Result<boolean, Unanswered>> {
    const startedMs = this.#world.clock.monotonic();
    const answer = await this.#world.resolver.ask(domain, 'CNAME');
    const told = answer.ok ? 'exists' : answer.error;
    this.#note({ name: domain, type: 'CNAME', startedMs, answer: told });
    if (answer.ok || answer.error === 'nodata') return ok(true);
    return answer.error === 'nxdomain' ? ok(false) : err({ name: domain, failure: answer.error });
  }

  #note({
    startedMs,
    ...question
  }: Omit<TraceQuestion, 'kind' | 'ms'> & { readonly startedMs: number }): void {
    this.asked.push({ kind: 'dns', ...question, ms: this.#world.clock.monotonic() - startedMs });
  }
}

function isAbsence(failure: DnsFailure): failure is 'nxdomain' | 'nodata' {
  return failure === 'nxdomain' || failure === 'nodata';
}

/** All records on the way up, the longest name first; `psd=n` and `psd=y` end it (RFC 9989 §4.10). */
export async function walkTree(
  start: Domain,
  lookups: PolicyLookups,
): Promise<Result<readonly PublishedAt[], Unanswered>> {
  const found: PublishedAt[] = [];
  for (const domain of walkDomains(start)) {
    const record = await lookups.at(domain);
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
