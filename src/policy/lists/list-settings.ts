import type { ClientAddress } from '#base/client-address.ts';
import { boolean } from '#config/kinds/boolean.ts';
import { endpoint, ipAddress } from '#config/kinds/ip-address.ts';
import type { Endpoint } from '#config/kinds/ip-address.ts';
import { duration } from '#config/kinds/duration.ts';
import { integer } from '#config/kinds/integer.ts';
import { list } from '#config/kinds/list.ts';
import { union } from '#config/kinds/union.ts';
import { setting } from '#config/setting.ts';
import { listAssignment } from '../list-files/list-assignment.ts';
import type { ListAssignment } from '../list-files/list-assignment.ts';
import { connectRefusals } from '../local-lists/connect-refusal.ts';
import { dnsLists } from './dns-lists.ts';
import { ownZoneKind } from './own-zones.ts';
import type { OwnZone } from './own-zones.ts';

const dayMs = 86_400_000;
/** Zones of an administrator's own; each is a question for each message. */
const zonesMax = 20;
/** S-09 has 120 questions for a message; the other checks need theirs. */
const lookupsMost = 80;

/** Of lists as a whole; what each one does is set at its check (`policy.<list>.action`). */
export const listSettings = {
  addressZones: setting(
    'lists.address_zones',
    list(ownZoneKind, { itemsMax: zonesMax }),
    [] as readonly OwnZone[],
    {
      meaning:
        'Further lists of addresses, by zone: asked for the connecting address (check "own-address-lists").',
      requirements: ['P-22', 'I-28'],
    },
  ),
  domainZones: setting(
    'lists.domain_zones',
    list(ownZoneKind, { itemsMax: zonesMax }),
    [] as readonly OwnZone[],
    {
      meaning:
        'Further lists of domains, by zone: asked for HELO, reverse name and sender, and for the author and the links of a message (checks "own-domain-lists" and "own-domain-lists-links").',
      requirements: ['P-23', 'I-28'],
    },
  ),
  resolvers: setting(
    'lists.resolvers',
    list(
      listAssignment(
        dnsLists.map(({ name }) => name),
        endpoint,
      ),
      { itemsMax: zonesMax },
    ),
    [] as readonly ListAssignment<Endpoint>[],
    {
      meaning:
        'Lists that are asked at a resolver of their own (`LIST=192.0.2.1:53`), as some subscriptions want it; several of one list stand in for each other.',
      requirements: ['I-33'],
    },
  ),
  lookupsMax: setting('lists.lookups_max', integer({ min: 1, max: lookupsMost }), 40, {
    meaning:
      'Questions to lists about what one message holds (author domain and links), all lists together; links beyond that are not looked up, and the trace says so.',
    requirements: ['P-28', 'S-09'],
  }),
  refuseAtConnect: setting('lists.refuse_at_connect', union(connectRefusals), 'manual', {
    meaning:
      'Whose entries of the local block list by address, network, network number or country refuse a client at the greeting: those made by hand, all, or none. The others refuse at RCPT TO, where the postmaster can still be reached. While the allow list has senders, all refuse there: one of them may prove itself.',
    requirements: ['P-24', 'P-26', 'S-03'],
  }),
  watchEveryMs: setting('lists.watch_every', duration({ minMs: 0, maxMs: 7 * dayMs }), dayMs / 4, {
    meaning:
      'How often our own addresses and domains are looked up in the lists that are on, and in those of `lists.watch_also`. Zero: never.',
    requirements: ['P-11'],
  }),
  watchAlso: setting(
    'lists.watch_also',
    list(union(dnsLists.map(({ name }) => name))),
    [] as readonly string[],
    {
      meaning:
        'Lists that are asked about our own addresses and domains although they are off for mail; read their terms first.',
      requirements: ['P-11'],
    },
  ),
  watchAddresses: setting('lists.watch_addresses', list(ipAddress), [] as readonly ClientAddress[], {
    meaning: 'Addresses by which others know this server and which no interface has, as behind a NAT.',
    requirements: ['P-11'],
  }),
  publicResolver: setting('lists.public_resolver', boolean, false, {
    meaning:
      'Ask lists although the configured resolver is a public one. Most lists refuse to answer those, or answer with an error.',
    requirements: ['P-22'],
  }),
};
