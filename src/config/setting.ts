import type { About } from './key.ts';
import type { Kind, KindProblem } from './kind.ts';

/** A setting that lives in the store and changes without a restart; declared beside the code that uses it. */
export interface Setting<T> extends About {
  /** Lower case, levels joined by dots, unit last: `smtp.message_size_max`. */
  readonly name: string;
  readonly kind: Kind<unknown>;
  readonly defaultValue: T;
}

export type Settings = Readonly<Record<string, Setting<unknown>>>;
export type SettingValues<S extends Settings> = {
  readonly [N in keyof S]: S[N] extends Setting<infer T> ? T : never;
};

export function setting<T>(name: string, kind: Kind<T>, defaultValue: T, about: About): Setting<T> {
  return { ...about, name, kind, defaultValue };
}

export interface SettingProblem {
  readonly name: string;
  readonly problems: readonly KindProblem[];
}

/**
 * The values of a group of settings from what the store holds; a stored value that no longer fits (an older version
 * wrote it) gives way to the default and is told, so that no setting can keep the server from starting.
 */
export function settingValues<S extends Settings>(
  settings: S,
  stored: ReadonlyMap<string, { readonly value: unknown }>,
): { readonly values: SettingValues<S>; readonly problems: readonly SettingProblem[] } {
  const problems: SettingProblem[] = [];
  const values = Object.entries(settings).map(([key, row]) => {
    const found = stored.get(row.name);
    if (found?.value === undefined) return [key, row.defaultValue] as const;
    const read = row.kind.read(found.value);
    if (read.ok) return [key, read.value] as const;
    problems.push({ name: row.name, problems: read.error });
    return [key, row.defaultValue] as const;
  });
  return { values: Object.fromEntries(values) as SettingValues<S>, problems };
}
