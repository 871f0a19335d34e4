import type { AccountRow, Answer, GuestRow } from '../command.ts';

/** What every session has, whatever its commands (RFC 2449 §6, RFC 3206). */
const always = ['PIPELINING', 'RESP-CODES', 'AUTH-RESP-CODE'] as const;

export interface CapaRows {
  readonly guest: GuestRow;
  readonly account: AccountRow;
}

/** RFC 2449 §5; the list is drawn from the rows, so that nothing is promised that no row keeps. */
export function capaRows(guests: readonly GuestRow[], accounts: readonly AccountRow[]): CapaRows {
  const own = accounts.flatMap(({ capability }) => capability ?? []);
  const answer = (more: readonly string[]): Answer => ({
    kind: 'lines',
    text: 'Capabilities follow',
    lines: [...always, ...own, ...more],
  });
  return {
    guest: {
      name: 'CAPA',
      state: 'guest',
      takes: [0, 0],
      run: (world) => answer(guests.flatMap((row) => row.capability?.(world) ?? [])),
    },
    account: { name: 'CAPA', state: 'account', takes: [0, 0], run: () => answer([]) },
  };
}
