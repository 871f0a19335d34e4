import { onePiece } from '#base/one-piece.ts';
import type { Fact } from '../fact.ts';

/** Hosts that are written down; a record shall not grow with what a message brings. */
const hostsKept = 40;

/** Where the links of the message lead (P-27); read only when a list is to be asked about them. */
export const linksFact: Fact<'links'> = {
  name: 'links',
  stage: 'message',
  asks: 'engine',
  absent: () => ({ hosts: [], cut: false }),
  compute: ({ message }) => message?.links?.() ?? { hosts: [], cut: false },
  record: ({ hosts, cut, places = [], unread }) =>
    hosts.length === 0 && unread === undefined
      ? undefined
      : {
          hosts: hosts.slice(0, hostsKept),
          cut: cut || hosts.length > hostsKept,
          places: places.slice(0, hostsKept).map(onePiece),
          ...(unread === undefined ? {} : { unread }),
        },
};
