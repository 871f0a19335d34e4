import { makeRoom } from '#base/make-room.ts';

/** S-09: clients and authors that are counted; the one that was quiet longest goes. */
const keysMax = 20_000;
/** Incidents of one that are remembered: as many as `lists.feed_events` can ask for. */
const incidentsMax = 100;
/** Traces that an entry names. */
const tracesTold = 5;

interface CountedIncident {
  readonly atMs: number;
  readonly what: string;
  readonly trace?: string | undefined;
  readonly once?: string | undefined;
}

/** Within one window. */
export interface CountedIncidents {
  readonly count: number;
  /** `mail to a trap (3)` */
  readonly what: string;
  /** The last few, parted by spaces. */
  readonly traces: string;
}

/** Incidents by whom they speak against, within a sliding window, in bounded memory (P-25). */
export class FeedWindows {
  readonly #windows = new Map<string, readonly CountedIncident[]>();

  /** Counts one more, unless it has been counted, and says what there is. */
  add(
    key: string,
    { what, trace, once }: Omit<CountedIncident, 'atMs'>,
    { nowMs, windowMs }: { readonly nowMs: number; readonly windowMs: number },
  ): CountedIncidents {
    const live = (this.#windows.get(key) ?? []).filter(({ atMs }) => atMs > nowMs - windowMs);
    const isCounted = once !== undefined && live.some((one) => one.once === once);
    const rows = isCounted ? live : [...live, { atMs: nowMs, what, trace, once }].slice(-incidentsMax);
    this.#windows.delete(key);
    makeRoom(this.#windows, keysMax);
    this.#windows.set(key, rows);
    return told(rows);
  }
}

function told(rows: readonly CountedIncident[]): CountedIncidents {
  const kinds = [...new Set(rows.map(({ what }) => what))];
  const what = kinds.map((kind) => `${kind} (${rows.filter((row) => row.what === kind).length})`).join(', ');
  const traces = [...new Set(rows.flatMap(({ trace }) => trace ?? []))].slice(-tracesTold).join(' ');
  return { count: rows.length, what, traces };
}
