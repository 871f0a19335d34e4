import type { AccountId, TraceId } from '#base/id.ts';
import { ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { keyedHash } from '#store/sealing/keyed-hash.ts';
import { deriveKey } from '#store/sealing/purpose-key.ts';
import type { RecordSealer } from '#store/sealing/record-sealer.ts';
import { traceLookupsOf } from '#store/trace-filter.ts';
import type { TraceDelivery, TraceRecord } from '#trace/record.ts';
import type { Keys } from './keys.ts';
import type { SealedDelivery, StoredTrace, TraceLot } from './traces-worker.ts';

/** Traces under the traces' key; what belongs to one account, under that account's (STORAGE §4). */
export interface TraceSealing {
  /** Nothing when its account is erased. */
  sealTrace(record: TraceRecord, owner: AccountId | undefined): TraceLot['traces'];
  sealDelivery(
    at: { readonly trace: TraceId; readonly n: number; readonly owner: AccountId | undefined },
    delivery: TraceDelivery,
  ): readonly SealedDelivery[];
  /** With its later deliveries; `undefined` when it is erased or damaged. */
  open(stored: StoredTrace): TraceRecord | undefined;
  /** What stands in the clear for something to look up. */
  lookup(text: string): Uint8Array;
}

export function traceSealing(keys: Keys): TraceSealing {
  const ofServer = keys.serverSealer('traces');
  const { active, retired } = keys.server.traces;
  const lookup = keyedHash(deriveKey(retired[0] ?? active, 'trace lookup'));

  function sealerOf(owner: AccountId | undefined): Result<RecordSealer, Trouble> {
    return owner === undefined ? ok(ofServer) : keys.accountSealer(owner, 'traces');
  }

  return {
    sealTrace(record, owner) {
      const sealer = sealerOf(owner);
      if (!sealer.ok) return [];
      const { id } = record;
      const sealed = sealer.value.sealJson(tracePlace(id), record);
      return [{ id, owner, sealed, keys: traceLookupsOf(record).map(lookup) }];
    },
    sealDelivery({ trace, n, owner }, delivery) {
      const sealer = sealerOf(owner);
      return sealer.ok
        ? [{ trace, n, sealed: sealer.value.sealJson(deliveryPlace(trace, n), delivery) }]
        : [];
    },
    open({ id, owner, sealed, deliveries }) {
      const sealer = sealerOf(owner);
      const opened = sealer.ok ? sealer.value.openJson(tracePlace(id), sealed) : undefined;
      if (!sealer.ok || opened?.ok !== true) return undefined;
      const record = opened.value as TraceRecord;
      const later = deliveries.flatMap((each) => {
        const delivery = sealer.value.openJson(deliveryPlace(id, each.n), each.sealed);
        return delivery.ok ? [delivery.value as TraceDelivery] : [];
      });
      return { ...record, deliveries: [...record.deliveries, ...later] };
    },
    lookup,
  };
}

function tracePlace(id: TraceId): { table: string; column: string; record: string } {
  return { table: 'trace', column: 'sealed', record: id };
}

function deliveryPlace(id: TraceId, n: number): { table: string; column: string; record: string } {
  return { table: 'trace_delivery', column: 'sealed', record: `${id} ${n}` };
}
