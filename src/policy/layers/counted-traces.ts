import type { Traces } from '#store/contract/store.ts';
import type { LayerShares } from './layer-shares.ts';

/** The same traces, each counted as it is added. */
export function countedTraces(traces: Traces, shares: Pick<LayerShares, 'record'>): Traces {
  const add: Traces['add'] = (record, owner) => {
    shares.record(record);
    traces.add(record, owner);
  };
  return Object.create(traces, { add: { value: add } }) as Traces;
}
