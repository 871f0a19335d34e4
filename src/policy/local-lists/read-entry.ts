import { entryKey, localListNames, localOrigins, parseLocalSubject } from './local-entry.ts';
import type { LocalEntry, LocalRowList } from './local-entry.ts';

const lists: readonly LocalRowList[] = [...localListNames, 'removed'];

/** An entry as it was kept; `undefined` when it is none that this version knows. */
export function readEntry(value: unknown): { readonly key: string; readonly row: LocalEntry } | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const given = value as Partial<Record<keyof LocalEntry, unknown>>;
  const list = lists.find((name) => name === given.list);
  const text = (given.subject as { readonly value?: unknown } | undefined)?.value;
  const subject = typeof text === 'string' ? parseLocalSubject(text) : undefined;
  if (list === undefined || subject === undefined || typeof given.sinceMs !== 'number') return undefined;
  const row: LocalEntry = {
    list,
    subject,
    origin: localOrigins.find((name) => name === given.origin) ?? 'administrator',
    reason: typeof given.reason === 'string' ? given.reason : undefined,
    sinceMs: given.sinceMs,
    untilMs: typeof given.untilMs === 'number' ? given.untilMs : undefined,
    ...(isEvidence(given.evidence) ? { evidence: given.evidence } : {}),
  };
  return { key: entryKey(list, subject), row };
}

function isEvidence(value: unknown): value is NonNullable<LocalEntry['evidence']> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
