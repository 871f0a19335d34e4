import type { Result } from '#base/result.ts';
import { string } from '#config/kinds/string.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { tracePrefixMin } from '#store/trace-filter.ts';
import type { TraceRecord } from '#trace/record.ts';
import type { AdminError } from '../errors.ts';
import { failed } from '../trouble-error.ts';
import type { AdminWorld } from '../world.ts';

const idLength = 26;

/** As a refusal ends in its first characters, those suffice (CONTRACTS §4). */
export const traceIdKind = string({
  lengthMin: tracePrefixMin,
  lengthMax: 30,
  pattern: /^[0-9A-Za-z]+$/,
  description: `a trace id of ${idLength} letters and digits, or at least its first ${tracePrefixMin}`,
});

/** @param given a trace id or its beginning, in whatever case; what was recorded a moment ago is found too */
export async function findTrace({ store }: AdminWorld, given: string): Promise<Result<TraceRecord, Trouble>> {
  await store.traces.flush();
  return await store.traces.get(given.toUpperCase());
}

/** In words for the one who gave it. */
export function traceNotFound(trouble: Trouble, given: string): Result<never, AdminError> {
  return failed(trouble, { where: given, missing: 'trace-not-found', conflict: 'trace-ambiguous' });
}
