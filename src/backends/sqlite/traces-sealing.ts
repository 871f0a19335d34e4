import type { AccountId, TraceId } from '#base/id.ts';
import { ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Random } from '#platform/random.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { keyedHash } from '#store/sealing/keyed-hash.ts';
import type { KeyedHash } from '#store/sealing/keyed-hash.ts';
import { lentSealings } from '#store/sealing/lent-key.ts';
import type { LentKey } from '#store/sealing/lent-key.ts';
import { deriveKey } from '#store/sealing/purpose-key.ts';
import type { RecordSealer } from '#store/sealing/record-sealer.ts';
import type { CellPlace } from '#store/sealing/sealed-record.ts';
import { traceLookupsOf } from '#store/trace-filter.ts';
import type { TraceDelivery, TraceRecord } from '#trace/record.ts';
import type { Keys } from './keys.ts';

export interface SealedTrace {
  readonly id: TraceId;
  readonly owner: AccountId | undefined;
  readonly sealed: Uint8Array;
}

export interface SealedDelivery {
  readonly trace: TraceId;
  /** Rises with time; part of the sealed record's place. */
  readonly n: number;
  readonly sealed: Uint8Array;
}

export interface SealedLot {
  readonly traces: readonly (SealedTrace & { readonly keys: readonly Uint8Array[] })[];
  readonly deliveries: readonly SealedDelivery[];
}

export interface StoredTrace extends SealedTrace {
  readonly deliveries: readonly SealedDelivery[];
}

/** Records on their way to the traces' thread, which seals them: that work is off the way of connections. */
export interface LotToSeal {
  /** For the keyed hashes of `lookups`; in hex. */
  readonly lookupKey: string;
  readonly traces: readonly (Omit<SealedTrace, 'sealed'> &
    ToSeal & { readonly lookups: readonly string[] })[];
  readonly deliveries: readonly (Omit<SealedDelivery, 'sealed'> & ToSeal)[];
}

interface ToSeal {
  readonly key: LentKey;
  /** JSON */
  readonly text: string;
}

/** Traces under the traces' key; what belongs to one account, under that account's (STORAGE §4). */
export interface TraceSealing {
  readonly lookupKey: string;
  /** Nothing when its account is erased. */
  toSeal(record: TraceRecord, owner: AccountId | undefined): LotToSeal['traces'];
  deliveryToSeal(
    at: { readonly trace: TraceId; readonly n: number; readonly owner: AccountId | undefined },
    delivery: TraceDelivery,
  ): LotToSeal['deliveries'];
  /** With its later deliveries; `undefined` when it is erased or damaged. */
  open(stored: StoredTrace): TraceRecord | undefined;
  /** What stands in the clear for something to look up. */
  lookup(text: string): Uint8Array;
}

export function traceSealing(keys: Keys): TraceSealing {
  const ofServer = keys.serverSealer('traces');
  const { active, retired } = keys.server.traces;
  const lookupKey = deriveKey(retired[0] ?? active, 'trace lookup');
  const lookup = keyedHash(lookupKey);

  function sealerOf(owner: AccountId | undefined): Result<RecordSealer, Trouble> {
    return owner === undefined ? ok(ofServer) : keys.accountSealer(owner, 'traces');
  }

  return {
    lookupKey: Buffer.from(lookupKey).toString('hex'),
    toSeal(record, owner) {
      const key = keys.lend('traces', owner);
      if (!key.ok) return [];
      const text = JSON.stringify(record);
      return [{ id: record.id, owner, key: key.value, text, lookups: traceLookupsOf(record) }];
    },
    deliveryToSeal({ trace, n, owner }, delivery) {
      const key = keys.lend('traces', owner);
      return key.ok ? [{ trace, n, key: key.value, text: JSON.stringify(delivery) }] : [];
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

export type LotSealing = (lot: LotToSeal) => SealedLot;

/** The thread's side. */
export function lotSealing(random: Random): LotSealing {
  const sealings = lentSealings(random);
  const seal = ({ key, text }: ToSeal, place: CellPlace): Uint8Array =>
    sealings(key).seal(place, Buffer.from(text));
  return ({ lookupKey, traces, deliveries }) => {
    const hash = hashedOnce(keyedHash(Buffer.from(lookupKey, 'hex')));
    return {
      traces: traces.map((one) => ({
        id: one.id,
        owner: one.owner,
        sealed: seal(one, tracePlace(one.id)),
        keys: one.lookups.map(hash),
      })),
      deliveries: deliveries.map((one) => ({
        trace: one.trace,
        n: one.n,
        sealed: seal(one, deliveryPlace(one.trace, one.n)),
      })),
    };
  };
}

/** For one lot: its traces share classes and senders. */
function hashedOnce(hash: KeyedHash): KeyedHash {
  const known = new Map<string, Uint8Array>();
  return (value) => {
    const before = known.get(value);
    if (before !== undefined) return before;
    const hashed = hash(value);
    known.set(value, hashed);
    return hashed;
  };
}

function tracePlace(id: TraceId): CellPlace {
  return { table: 'trace', column: 'sealed', record: id };
}

function deliveryPlace(id: TraceId, n: number): { table: string; column: string; record: string } {
  return { table: 'trace_delivery', column: 'sealed', record: `${id} ${n}` };
}
