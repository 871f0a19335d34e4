import type { Kind } from './kind.ts';

/** What one says about a key, for the person who sets it. */
export interface About {
  readonly meaning: string;
  /** Rows of the requirements that it serves: `P-29`, `I-61`, … */
  readonly requirements?: readonly string[];
}

/** A key of the configuration file: a row of the reference and a reader in one. */
export interface Key<T> extends About {
  readonly kind: Kind<unknown>;
  readonly presence: 'required' | 'optional' | 'default';
  /** As the file would spell it; only with presence `default`. */
  readonly defaultShown: unknown;
  readonly defaultValue: T | undefined;
}

export type Keys = Readonly<Record<string, Key<unknown>>>;
export type ValuesOf<K extends Keys> = { readonly [N in keyof K]: K[N] extends Key<infer T> ? T : never };

export function required<T>(kind: Kind<T>, about: About): Key<T> {
  return {
    ...about,
    kind,
    presence: 'required',
    defaultShown: undefined,
    defaultValue: undefined,
  };
}

export function optional<T>(kind: Kind<T>, about: About): Key<T | undefined> {
  return {
    ...about,
    kind,
    presence: 'optional',
    defaultShown: undefined,
    defaultValue: undefined,
  };
}

export function defaulted<T>(kind: Kind<T>, value: T, about: About): Key<T> {
  return {
    ...about,
    kind,
    presence: 'default',
    defaultShown: kind.write(value),
    defaultValue: value,
  };
}

/** A table of the file: `[name]`, or `[[name]]` when it may be repeated. */
export interface FileTable<K extends Keys> {
  readonly name: string;
  readonly repeated: boolean;
  readonly presence: 'required' | 'optional';
  readonly meaning: string;
  readonly keys: K;
}
