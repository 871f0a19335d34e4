import type { LocalEntry, LocalListName } from '#policy/local-lists/local-entry.ts';
import { showTime } from '../show.ts';

export function showEntry({ subject, origin, reason, sinceMs, untilMs, evidence = {} }: LocalEntry) {
  return {
    entry: subject.value,
    kind: subject.kind,
    origin,
    reason: reason ?? null,
    since: showTime(sinceMs),
    until: untilMs === undefined ? null : showTime(untilMs),
    evidence,
  };
}

export type ShownEntry = ReturnType<typeof showEntry>;

/** Who made it and why. */
export function entryWords({ origin, reason, evidence }: ShownEntry): string {
  const facts = Object.entries(evidence).map(([name, value]) => `${name} ${value}`);
  return [originWords[origin], reason ?? '', ...facts].filter((text) => text !== '').join(', ');
}

const originWords = {
  administrator: 'by hand',
  trap: 'a trap',
  offender: 'repeated offences',
  report: 'reports of users',
} as const;

export const listWords: Readonly<Record<LocalListName, string>> = {
  block: 'block list',
  allow: 'allow list',
};
