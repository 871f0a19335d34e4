import type { ListEntry } from './entries.ts';

/** What a LIST may be limited to (RFC 9051 §6.3.9.1). */
export interface ListSelectionOption {
  readonly name: string;
  readonly provides?: readonly string[];
  /** Does the name belong in the list? `undefined`: the option only modifies the others. */
  readonly meets?: (entry: ListEntry) => boolean;
}

export const listSelectionOptions: readonly ListSelectionOption[] = [
  { name: 'SUBSCRIBED', provides: ['LIST-EXTENDED'], meets: (entry) => entry.subscribed },
  // There are no remote mailboxes to add.
  { name: 'REMOTE' },
  { name: 'RECURSIVEMATCH' },
  {
    name: 'SPECIAL-USE',
    provides: ['SPECIAL-USE'],
    meets: (entry) => entry.record?.specialUse !== undefined,
  },
];
