import { commands } from './commands.ts';
import { fetchItems } from './fetch/items.ts';
import { listReturnOptions } from './list/return-options.ts';
import { listSelectionOptions } from './list/selection-options.ts';
import { searchKeys } from './search/keys.ts';
import { searchReturnOptions } from './search/return-options.ts';
import { statusItems } from './status-items.ts';

/** Capabilities of the receiver itself rather than of a row. */
const ofGrammar = ['LITERAL+'];

/** All that the rows of all tables make true; nothing else is advertised. */
export function providedCapabilities(): ReadonlySet<string> {
  const rows: readonly { readonly provides?: readonly string[] }[] = [
    ...commands,
    ...fetchItems,
    ...listReturnOptions,
    ...listSelectionOptions,
    ...searchKeys,
    ...searchReturnOptions,
    ...statusItems,
  ];
  return new Set([...ofGrammar, ...rows.flatMap((row) => row.provides ?? [])]);
}
