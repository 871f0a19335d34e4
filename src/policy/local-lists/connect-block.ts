import type { ClientAddress } from '#base/client-address.ts';
import { networkEntryFor } from '../exception.ts';
import type { PolicyValues } from '../policy-values.ts';
import type { ConnectRefusal } from './connect-refusal.ts';
import type { LocalListBook } from './local-list-book.ts';
import { localListed } from './local-listed.ts';
import type { LocalListed } from './local-listed.ts';

export interface ConnectBlockParts {
  readonly local: Pick<LocalListBook, 'findClient' | 'hasSenders'>;
  readonly refuses: ConnectRefusal;
  readonly values: Pick<PolicyValues, 'check'>;
}

/**
 * The entry of the local block list for which a client is refused before it says a word (P-24). Nobody is, where something
 * later could still speak for them: a sender on the allow list (P-26), or an exception of the check; entries that nobody
 * made by hand leave the way to the postmaster open (S-03).
 */
export function connectBlock(
  { local, refuses, values }: ConnectBlockParts,
  client: ClientAddress,
): LocalListed | undefined {
  if (refuses === 'never') return undefined;
  const entry = local.findClient('block', client);
  if (entry === undefined || (refuses === 'manual' && entry.origin !== 'administrator')) return undefined;
  const { action, except } = values.check('blocklist');
  const isExcepted =
    except.some((one) => !one.includes('/')) || networkEntryFor(except, client) !== undefined;
  if (action !== 'refuse' || isExcepted) return undefined;
  if (local.findClient('allow', client) !== undefined || local.hasSenders('allow')) return undefined;
  return localListed(entry, client);
}
