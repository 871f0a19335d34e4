import { okay } from '../command.ts';
import type { AccountRow } from '../command.ts';

/** RFC 1939 §5. */
export const noop: AccountRow = {
  name: 'NOOP',
  state: 'account',
  takes: [0, 0],
  run: () => okay('Nothing done'),
};
