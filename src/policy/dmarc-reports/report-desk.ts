import type { TraceId } from '#base/id.ts';
import type { Awaitable } from '#base/result.ts';
import type { ReportEngine } from '#content/dmarc-reports/report-request.ts';
import type { Domain } from '#mail/domain.ts';
import type { Clock } from '#platform/clock.ts';
import type { EventSink } from '#trace/events.ts';
import type { ReportBook, ReportEnd } from './report-book.ts';

/** S-09: messages that wait to be read; each lies on the disk or is small. */
const waitingMax = 64;
/** P-28: no message is read longer; then its thread is ended. */
const readMs = 10_000;

/** A message that was accepted at the address for reports. */
export interface ReportMail {
  readonly trace: TraceId;
  /** The organizational domain that DMARC has proven it to be from. */
  readonly reporter: Domain | undefined;
  /** Its octets, asked for once, when its turn has come; `undefined`: they are gone, or too many. */
  readonly bytes: () => Awaitable<Uint8Array | undefined>;
  /** Asked for in any case, after that. */
  readonly release: () => Awaitable<void>;
}

export interface ReportDeskParts {
  readonly engine: ReportEngine;
  readonly book: Pick<ReportBook, 'add'>;
  readonly isOwnDomain: (domain: string) => boolean;
  readonly clock: Pick<Clock, 'now'>;
  readonly events: EventSink;
}

/** Reads reports on our domains, one after the other, when nobody waits for an answer any more (I-46). */
export class ReportDesk {
  readonly #parts: ReportDeskParts;
  #waiting = 0;
  #last: Promise<void> = Promise.resolve();

  constructor(parts: ReportDeskParts) {
    this.#parts = parts;
  }

  /** Returns at once; whatever comes of it stands in an event. */
  take(mail: ReportMail): void {
    if (this.#waiting >= waitingMax) {
      this.#tell(mail, { what: 'unread', detail: 'too many reports were waiting' });
      this.#last = this.#last.then(() => mail.release());
      return;
    }
    this.#waiting += 1;
    this.#last = this.#last.then(() => this.#turn(mail));
  }

  /** Resolves when nothing waits any more. */
  done(): Promise<void> {
    return this.#last;
  }

  async #turn(mail: ReportMail): Promise<void> {
    try {
      this.#tell(mail, await this.#read(mail));
      await mail.release();
    } catch {
      // A fault of ours with one of them shall not keep the others from their turn.
      this.#tell(mail, { what: 'unread', detail: 'reading it failed' });
    } finally {
      this.#waiting -= 1;
    }
  }

  async #read(mail: ReportMail): Promise<Told> {
    const { engine, book, isOwnDomain, clock } = this.#parts;
    const bytes = await mail.bytes();
    if (bytes === undefined)
      return { what: 'unread', detail: 'the message is too large, or could not be read' };
    // A copy of its own: what is sent to a thread takes all memory along that lies around it.
    const answer = await engine.run({ message: new Uint8Array(bytes) }, readMs);
    if (!answer.ok) return { what: 'unread', detail: answer.error };
    if (!answer.value.ok) return { what: 'refused', detail: answer.value.error };
    const report = answer.value.value;
    const { domain } = report;
    if (!isOrBelow(domain, isOwnDomain))
      return { what: 'refused', domain, detail: 'it is not about a domain of ours' };
    const end = book.add({ ...report, reporter: mail.reporter, receivedAtMs: clock.now() });
    return { domain, ...endWords[end] };
  }

  #tell({ trace, reporter }: ReportMail, { what, domain, detail }: Told): void {
    this.#parts.events.emit({ name: 'dmarc-report', what, trace, reporter, domain, detail });
  }
}

interface Told {
  readonly what: 'kept' | 'known' | 'refused' | 'unread';
  readonly domain?: Domain;
  readonly detail?: string;
}

const endWords: Readonly<Record<ReportEnd, Told>> = {
  kept: { what: 'kept' },
  known: { what: 'known' },
  'too-many': { what: 'refused', detail: 'its reporter sends more than is kept' },
  'too-old': { what: 'refused', detail: 'it is older than reports are kept' },
  'too-early': { what: 'refused', detail: 'it is about the future' },
};

function isOrBelow(domain: Domain, isOwn: (domain: string) => boolean): boolean {
  const labels = domain.split('.');
  return labels.some((_, from) => isOwn(labels.slice(from).join('.')));
}
