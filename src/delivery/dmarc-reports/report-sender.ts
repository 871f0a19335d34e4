import type { SettingValues } from '#config/setting.ts';
import { formatAddress, needsSmtpUtf8 } from '#mail/address.ts';
import type { Address } from '#mail/address.ts';
import { parseDomain } from '#mail/domain.ts';
import type { Domain } from '#mail/domain.ts';
import type { Clock } from '#platform/clock.ts';
import type { Random } from '#platform/random.ts';
import type { Resolver } from '#platform/resolver.ts';
import { withBudget } from '#platform/resolver-budget.ts';
import type { Store } from '#store/contract/store.ts';
import type { EventSink } from '#trace/events.ts';
import { cleanForeignText } from '#trace/foreign-text.ts';
import { ownMessage } from '../outbound/own-message.ts';
import { dayMs, messagesOf, tallyKey } from './day-tally.ts';
import type { DayTally } from './day-tally.ts';
import type { OwedReports } from './owed-reports.ts';
import { destinationKey, judgeDestination } from './report-destination.ts';
import type { DestinationWorld } from './report-destination.ts';
import { reportMessage } from './report-message.ts';
import type { reportSettings } from './report-settings.ts';
import type { Reporter } from './report-xml.ts';
import type { SentDestination, SentReport } from './sent-report.ts';

/** How often it is looked at what is due; a crash forgets so much of what was counted at most. */
export const tickMs = 5 * 60_000;
/** Not all servers of the world report at midnight. */
export const jitterMaxMs = 4 * 3_600_000;
/** RFC 9990 §3.5 lets a receiver limit the destinations. */
export const destinationsMax = 5;
/** Reports to one organization in a day, about however many domains (S-09): who takes more is asked by an attacker. */
export const perOrganizationMax = 100;
/** A lot at a time, so that reports do not stand in the way of mail. */
export const reportsPerTickMax = 20;
/** After a DNS that did not answer. */
const againMs = 3_600_000;
/** Of a destination as it is shown and kept. */
const shownUriBytesMax = 254;

export interface ReportSenderParts {
  readonly book: OwedReports;
  readonly settings: SettingValues<typeof reportSettings>;
  readonly store: Pick<Store, 'queue' | 'domains' | 'counters'>;
  readonly resolver: Resolver;
  readonly clock: Clock;
  readonly random: Random;
  readonly events: EventSink;
  readonly hostname: Domain;
  readonly generator: string;
  /** Whether all that was noted is on disk. */
  readonly kept: () => Promise<boolean>;
  readonly queued: () => void;
}

/** Sends what was counted on days that are over to those who asked for it (I-47). */
export class ReportSender {
  readonly #parts: ReportSenderParts;
  /** Of this day, drawn once. */
  #start: { readonly day: number; readonly atMs: number } | undefined;
  /** When those whose destinations could not be looked up are tried again. */
  readonly #waiting = new Map<string, number>();

  constructor(parts: ReportSenderParts) {
    this.#parts = parts;
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.tick(signal);
      await this.#parts.clock.sleep(tickMs, signal);
    }
    this.#parts.book.tend();
    await this.#parts.kept();
  }

  /** Keeps what was counted, and sends a lot of what is due. */
  async tick(signal?: AbortSignal): Promise<void> {
    const { book, events, kept, clock } = this.#parts;
    const dropped = book.tend();
    if (dropped > 0) events.emit({ name: 'dmarc-rows-dropped', messages: dropped });
    await kept();
    const from = await this.#sender();
    if (from === undefined || clock.now() < this.#startOfToday()) return;
    const nowMs = clock.monotonic();
    const due = book.due();
    this.#forgetGone(due);
    const ready = due.filter((tally) => (this.#waiting.get(tallyKey(tally)) ?? 0) <= nowMs);
    for (const tally of ready.slice(0, reportsPerTickMax)) {
      if (signal?.aborted === true) return;
      await this.#send(tally, from);
    }
  }

  #forgetGone(due: readonly DayTally[]): void {
    const keys = new Set(due.map(tallyKey));
    for (const key of this.#waiting.keys()) if (!keys.has(key)) this.#waiting.delete(key);
  }

  #startOfToday(): number {
    const { book, random } = this.#parts;
    const day = book.today;
    if (this.#start?.day !== day) this.#start = { day, atMs: day * dayMs + random.integer(jitterMaxMs) };
    return this.#start.atMs;
  }

  /** RFC 9990 §3.5.2: a report has to pass DMARC itself. So its domain is ours and signs, or there is none. */
  async #sender(): Promise<Address | undefined> {
    const { settings, store } = this.#parts;
    const [from] = settings.from;
    if (!settings.isOn || from === undefined) return undefined;
    const domain = parseDomain(from.domain);
    if (!domain.ok) return undefined;
    const record = await store.domains.get(domain.value);
    return record.ok && record.value.dkim.some(({ active }) => active) ? from : undefined;
  }

  async #send(tally: DayTally, from: Address): Promise<void> {
    const { book, clock, resolver, store, kept } = this.#parts;
    const world = {
      resolver: withBudget(resolver, clock),
      clock,
      isLocal: (domain: string) => store.domains.isLocal(domain),
    };
    let waits = false;
    for (const uri of tally.published.rua.slice(0, destinationsMax))
      if (!(await this.#sendTo(uri, { tally, from, world }))) waits = true;
    if (waits) {
      this.#waiting.set(tallyKey(tally), clock.monotonic() + againMs);
      return;
    }
    book.close(tally);
    await kept();
  }

  /** False: nothing is decided yet. */
  async #sendTo(
    uri: string,
    { tally, from, world }: { tally: DayTally; from: Address; world: DestinationWorld },
  ): Promise<boolean> {
    const { book, clock, store } = this.#parts;
    const shown = cleanForeignText(uri, shownUriBytesMax);
    const known = book.findSent(tallyKey(tally))?.destinations ?? [];
    if (known.some((one) => one.uri === shown)) return true;
    const judged = await judgeDestination(uri, tally.published.domain, world);
    if (judged.kind === 'later') return false;
    const refuse = (detail: string): true => {
      this.#note(tally, { uri: shown, to: '', outcome: 'refused', detail });
      return true;
    };
    if (judged.kind === 'refused') return refuse(judged.why);
    const to = destinationKey(judged.to);
    if (known.some((one) => one.to === to)) return refuse('named twice');
    const counter = `dmarc-report ${judged.organization}`;
    const count = await store.counters.add(counter, 1, dayMs, clock.now());
    if (!count.ok) return false;
    if (count.value > perOrganizationMax) return refuse(`more than ${perOrganizationMax} reports in a day`);
    return this.#handOver(tally, { from, to: judged.to, uri: shown });
  }

  /** First noted and on disk, then queued: who is interrupted between the two sends less, never twice. */
  async #handOver(
    tally: DayTally,
    { from, to, uri }: { readonly from: Address; readonly to: Address; readonly uri: string },
  ): Promise<boolean> {
    const { book, store, events, kept, queued } = this.#parts;
    const begun = { uri, to: destinationKey(to), outcome: 'begun', detail: '' } as const;
    const before = book.findSent(tallyKey(tally));
    this.#note(tally, begun);
    if (!(await kept())) {
      book.restoreSent(tallyKey(tally), before);
      return false;
    }
    const entry = this.#message(tally, from, to);
    const added = await store.queue.add(entry);
    if (!added.ok) {
      this.#note(tally, { ...begun, detail: `our queue could not take it (${added.error.code})` });
      return true;
    }
    this.#note(tally, { ...begun, outcome: 'queued', detail: entry.id });
    const { domain } = tally.published;
    events.emit({ name: 'dmarc-report-sent', queue: entry.id, about: domain, messages: messagesOf(tally) });
    queued();
    return true;
  }

  #message(tally: DayTally, from: Address, to: Address): ReturnType<typeof ownMessage> {
    const { clock, random, hostname } = this.#parts;
    return ownMessage(
      { clock, random },
      {
        to,
        targets: [{ kind: 'forward', address: to }],
        origin: 'notice',
        smtpUtf8: needsSmtpUtf8(to) || needsSmtpUtf8(from),
        write: (id, nowMs) =>
          reportMessage({
            tally,
            from,
            to,
            reporter: this.#reporter(from),
            messageId: `${id}@${hostname}`,
            nowMs,
            random: random.bytes(16),
          }),
      },
    );
  }

  #reporter(from: Address): Reporter {
    return reporterOf(this.#parts.settings, from, this.#parts.generator);
  }

  #note(tally: DayTally, destination: SentDestination): void {
    const { book, clock } = this.#parts;
    const { day, published } = tally;
    const known = book.findSent(tallyKey(tally))?.destinations ?? [];
    const others = known.filter(({ uri }) => uri !== destination.uri);
    const sent: SentReport = {
      day,
      domain: published.domain,
      messages: messagesOf(tally),
      rows: tally.rows.length,
      atMs: clock.now(),
      destinations: [...others, destination],
    };
    book.note(sent);
  }
}

export function reporterOf(
  settings: Pick<SettingValues<typeof reportSettings>, 'organization' | 'contact'>,
  from: Address,
  generator: string,
): Reporter {
  const { organization, contact } = settings;
  return {
    organization: organization === '' ? from.domain : organization,
    email: formatAddress(from),
    contact,
    generator,
  };
}
