import { idTimeMs } from '#base/id.ts';
import type { TraceId } from '#base/id.ts';
import { err, ok } from '#base/result.ts';
import { defaulted, required } from '#config/key.ts';
import { settingValues } from '#config/setting.ts';
import { union } from '#config/kinds/union.ts';
import type { TraceRecord } from '#trace/record.ts';
import type { TraceAudience } from '#trace/trace-view.ts';
import { traceSettings } from '#trace/trace-settings.ts';
import { renderTrace } from '#trace/trace-view.ts';
import { adminError } from '../errors.ts';
import { operation } from '../operation.ts';
import { failed } from '../trouble-error.ts';
import { ownNames, policyOf } from '../policy/policy-world.ts';
import { settingsWith } from '../policy/policy-wishes.ts';
import type { PolicyWishes } from '../policy/policy-wishes.ts';
import type { AdminWorld } from '../world.ts';
import { explainTrace } from './explain-trace.ts';
import type { Explained } from './explain-trace.ts';
import { findTrace, traceIdKind, traceNotFound } from './find-trace.ts';

export const traceShow = operation({
  name: 'trace show',
  looksOnly: true,
  meaning: 'What happened to one message or attempt, and why.',
  input: {
    id: required(traceIdKind, {
      meaning: 'The trace id, or its first ten characters, as a refusal ends in.',
    }),
    for: defaulted(union(['admin', 'recipient', 'sender']), 'admin', {
      meaning: 'Whose words: all of it, what its recipient may know, what its sender may know.',
      requirements: ['N-2'],
    }),
  },
  async run(world, input) {
    const found = await findTrace(world, input.id);
    if (!found.ok && found.error.code === 'not-found' && (await isExpired(world, input.id)))
      return err(adminError('trace-expired', `${input.id} is not there any more, or never was`, input.id));
    if (!found.ok) return traceNotFound(found.error, input.id);
    const stored = await world.store.settings.list();
    if (!stored.ok) return failed(stored.error, { where: 'settings' });
    const audience = input.for;
    const values = policyOf(settingsWith(stored.value, stageOf(world, found.value)));
    const parts = { audience, values, own: ownNames(world) };
    return ok(shownTo(audience, found.value, await explainTrace(found.value, parts)));
  },
  render: (output) => output.lines,
});

/** An id begins with its time; whichever the class was, those of that time may be gone. */
async function isExpired({ clock, store }: AdminWorld, id: string): Promise<boolean> {
  if (!/^[0-9A-HJKMNP-TV-Z]{10}/i.test(id)) return false;
  const stored = await store.settings.list();
  const { values } = settingValues(traceSettings, stored.ok ? stored.value : new Map());
  const keptMs = Math.min(...Object.values(values));
  return idTimeMs(id.toUpperCase() as TraceId) < clock.now() - keptMs;
}

/** The settings of the stage that it was judged under, where that is known still (N-3). */
function stageOf({ trials }: AdminWorld, { facts }: TraceRecord): PolicyWishes {
  const { id, share } = (facts['trial'] ?? {}) as { readonly [name: string]: unknown };
  if (share === undefined || typeof id !== 'string') return new Map();
  return new Map(Object.entries(trials.book.find(id)?.changes ?? {}));
}

/** Only the administrator is given the record itself, and what settings would have changed. */
function shownTo(audience: TraceAudience, record: TraceRecord, { what, lines }: Explained) {
  const isAdmin = audience === 'admin';
  return {
    id: record.id as string,
    for: audience,
    lines: [...renderTrace(record, audience), ...lines],
    record: isAdmin ? record : null,
    wouldChange: isAdmin && what !== undefined ? { asThen: what.asThen, changes: what.changes } : null,
  };
}
