import type { TraceId } from '#base/id.ts';
import { ok } from '#base/result.ts';
import type { TraceRecord } from '#trace/record.ts';
import { traceClass } from '#trace/trace-class.ts';
import type { TraceFilter, Traces } from '../contract/store.ts';
import { pageLimit } from '../page.ts';
import { matchesTrace, traceAtMs, tracePrefixMin } from '../trace-filter.ts';
import { conflict, invalid, notFound } from '../trouble.ts';

export function createMemoryTraces(): Traces {
  const records = new Map<TraceId, TraceRecord>();
  const newestFirst = (filter: TraceFilter): readonly TraceRecord[] =>
    [...records.values()]
      .filter((record) => matchesTrace(record, filter))
      .sort((a, b) => (a.id > b.id ? -1 : 1));
  return {
    add(record) {
      records.set(record.id, record);
    },
    delivered(id, deliveries) {
      const record = records.get(id);
      if (record === undefined) return;
      records.set(id, { ...record, deliveries: [...record.deliveries, ...deliveries] });
    },
    async get(id) {
      const prefix = id.toUpperCase();
      if (prefix.length < tracePrefixMin) return invalid('trace-id');
      const [record, another] = [...records.values()].filter((known) => known.id.startsWith(prefix));
      if (record === undefined) return notFound('trace');
      return another === undefined ? ok(record) : conflict('trace-id');
    },
    async list(filter, cursor, limit) {
      const after = newestFirst(filter).filter(({ id }) => cursor === undefined || id < cursor);
      const items = after.slice(0, pageLimit(limit));
      return ok({ items, next: items.length < after.length ? items.at(-1)?.id : undefined });
    },
    async expire(beforeMs, countMax = {}) {
      const byClass = Map.groupBy(newestFirst({}), traceClass);
      const old = [...byClass].flatMap(([name, ofClass]) =>
        ofClass.filter(
          (record, at) => traceAtMs(record) < beforeMs[name] || at >= (countMax[name] ?? Infinity),
        ),
      );
      for (const { id } of old) records.delete(id);
      return ok(old.length);
    },
    flush: async () => undefined,
  };
}
