import type { Fact } from '../fact.ts';
import { isInside } from '../peers/known-peers.ts';
import type { ListSaid } from '../lists/list-said.ts';

/** What lists say of the connecting address (P-22); those of our own and of private networks are on none. */
export const clientListsFact: Fact<'clientLists'> = {
  name: 'clientLists',
  stage: 'connect',
  asks: 'dns',
  absent: () => [],
  ofNobody: () => [],
  compute({ client, lists, own, resolver }) {
    if (lists === undefined || isInside(client) || own.isOwnAddress(client)) return [];
    return lists.dns.ask('client', [{ what: 'client', name: client }], resolver);
  },
  record: worthKeeping,
};

/** Lists that had nothing to say are not worth a line in every record. */
export function worthKeeping(said: readonly ListSaid[]): unknown {
  const kept = said.filter(({ outcome }) => outcome !== 'clean');
  return kept.length === 0 ? undefined : kept;
}
