/**
 * Kinds of field: `client` is a canonical address (S-07); `text` is our own word, or was parsed by us into
 * a safe form; `foreign` came from a peer and is cleaned, quoted and put last (S-05); `count` is a number
 * with its unit in the name. A `?` marks a field that may be missing.
 */
export type FieldKind = 'client' | 'client?' | 'text' | 'text?' | 'foreign' | 'foreign?' | 'count' | 'count?';

export type EventLevel = 'info' | 'notice' | 'warning' | 'error';

export interface EventRow {
  readonly level: EventLevel;
  readonly meaning: string;
  readonly fields: Readonly<Record<string, FieldKind>>;
}
