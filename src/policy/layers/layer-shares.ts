import type { Result } from '#base/result.ts';
import { ok } from '#base/result.ts';
import type { Counters } from '#store/contract/store.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import type { Event } from '#trace/events.ts';
import type { TraceRecord } from '#trace/record.ts';
import type { Layer, LayerOutcome } from './layer.ts';
import { layerOutcomes, layers } from './layer.ts';
import { LayerTimes, layerOfName, notTaken, readLayers } from './read-layers.ts';

const hourMs = 3_600_000;

/** The times that are told of; each slides. */
export const layerWindows = { '1h': hourMs, '24h': 24 * hourMs, '7d': 168 * hourMs } as const;
export type LayerWindow = keyof typeof layerWindows;

/** Times are counted by powers of two of microseconds: a median is right to a factor of the root of two. */
const costBins = 25;

export interface LayerShare extends Readonly<Record<LayerOutcome, number>> {
  readonly layer: Layer;
  /** Of those whose time was taken; `undefined`: none was. */
  readonly medianUs: number | undefined;
}

export interface LayerSharesParts {
  readonly counters: Counters;
  /** Listeners for mail from outside. */
  readonly listeners: ReadonlySet<string>;
}

/**
 * How much of the mail from outside each layer stops, and at what cost (I-60). Counted in memory with each trace, and
 * handed to the store's counters now and then: they outlive a restart, and there are few of them (S-09).
 */
export class LayerShares {
  readonly #parts: LayerSharesParts;
  /** By layer and `slots`. */
  readonly #waiting = new Float64Array(layers.length * slots.length);
  readonly #times = new LayerTimes();

  constructor(parts: LayerSharesParts) {
    this.#parts = parts;
  }

  /** What a trace tells. Never throws and never waits. */
  record(record: TraceRecord): void {
    const reading = readLayers(record, this.#times);
    if (reading === undefined) return;
    const { last, deciding, isStopped } = reading;
    for (let layer = 0; layer <= last; layer += 1) {
      this.#count(layer, layer !== deciding ? passed : isStopped ? stopped : junked);
      const ms = this.#times.tookMs[layer] ?? notTaken;
      if (ms !== notTaken) this.#count(layer, firstBin + binOf(ms * 1000));
    }
  }

  /** What leaves no trace of its own: connections that were not let in, and refusals beyond those that are kept. */
  event(event: Event): void {
    switch (event.name) {
      case 'connection-limited':
      case 'connection-banned':
      case 'connection-foreign':
      case 'proxy-refused':
        if (this.#parts.listeners.has(event.listener)) this.#countStopped('connect', 1);
        return;
      case 'refusals-not-kept':
        this.#countStopped(layerOfName(event.check), event.attempts);
        return;
      default:
    }
  }

  /** What the store could not take is let go: a share is no account. */
  async flush(nowMs: number): Promise<Result<void, Trouble>> {
    for (const [place, amount] of this.#waiting.entries()) {
      if (amount === 0) continue;
      this.#waiting[place] = 0;
      const name = `${layers[Math.floor(place / slots.length)] ?? ''} ${slots[place % slots.length] ?? ''}`;
      for (const [window, windowMs] of Object.entries(layerWindows)) {
        const added = await this.#parts.counters.add(keyOf(name, window), amount, windowMs, nowMs);
        if (!added.ok) return added;
      }
    }
    return ok(undefined);
  }

  async read(window: LayerWindow, nowMs: number): Promise<Result<readonly LayerShare[], Trouble>> {
    const names = layers.flatMap((layer) => slots.map((what) => `${layer} ${what}`));
    const sums = await this.#parts.counters.read(
      names.map((name) => keyOf(name, window)),
      nowMs,
    );
    if (!sums.ok) return sums;
    const counted = new Map(names.map((name, index) => [name, sums.value[index] ?? 0]));
    const sum = (name: string): number => counted.get(name) ?? 0;
    return ok(
      layers.map((layer) => ({
        layer,
        passed: sum(`${layer} passed`),
        stopped: sum(`${layer} stopped`),
        junked: sum(`${layer} junked`),
        medianUs: median(bins.map((bin) => sum(`${layer} ${bin}`))),
      })),
    );
  }

  #countStopped(layer: Layer, amount: number): void {
    const stopping = layers.indexOf(layer);
    for (let before = 0; before < stopping; before += 1) this.#count(before, passed, amount);
    this.#count(stopping, stopped, amount);
  }

  #count(layer: number, slot: number, amount = 1): void {
    const place = layer * slots.length + slot;
    this.#waiting[place] = (this.#waiting[place] ?? 0) + amount;
  }
}

const bins: readonly string[] = Array.from({ length: costBins }, (_, bin) => `us${bin}`);

/** What is counted of each layer. */
const slots: readonly string[] = [...layerOutcomes, ...bins];
const passed = slots.indexOf('passed');
const stopped = slots.indexOf('stopped');
const junked = slots.indexOf('junked');
const firstBin = layerOutcomes.length;

function binOf(us: number): number {
  return Math.min(costBins - 1, Math.floor(Math.log2(Math.max(0, us) + 1)));
}

/** The geometric middle of the bin in which the middle one lies. */
function median(counts: readonly number[]): number | undefined {
  const half = counts.reduce((sum, count) => sum + count, 0) / 2;
  if (half === 0) return undefined;
  let below = 0;
  const bin = counts.findIndex((count) => (below += count) >= half);
  return bin === 0 ? 0 : Math.round(2 ** (bin + 0.5) - 1);
}

function keyOf(name: string, window: string): string {
  return `layer ${name} ${window}`;
}
