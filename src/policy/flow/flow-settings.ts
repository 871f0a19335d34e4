import { err, ok } from '#base/result.ts';
import type { Kind } from '#config/kind.ts';
import { problem, shown } from '#config/kind.ts';
import { list } from '#config/kinds/list.ts';
import { setting } from '#config/setting.ts';
import { flowRowDescription, parseFlowRow, spellFlowRow } from './flow-row.ts';
import type { FlowRow } from './flow-row.ts';

const rowsMax = 500;

const flowRow: Kind<FlowRow> = {
  description: flowRowDescription,
  read(value) {
    if (typeof value !== 'string')
      return err(problem(`must be text ${flowRowDescription}, not ${shown(value)}`));
    const row = parseFlowRow(value);
    return row.ok ? ok(row.value) : err(problem(row.error));
  },
  fromText: (text) => text,
  write: (value) => spellFlowRow(value),
};

/** What `postern limits set` writes; it counts for the next connection (P-33). */
export const flowSettings = {
  rows: setting('flow.rows', list(flowRow, { itemsMax: rowsMax }), [] as readonly FlowRow[], {
    meaning:
      'Limits of the server, of services, listeners and rules beside the defaults (`connections.…`), and rules that allow or deny: see `postern limits show|set`. The closest place that sets a limit decides: listener over service over server. `open`, `new` and `interval` of `server` count all listeners together, always.',
    requirements: ['P-29', 'P-30', 'P-31', 'P-33', 'I-89', 'I-92'],
  }),
};
