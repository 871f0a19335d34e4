import { check } from '../../check.ts';
import type { RecipientCounts } from '../../fact-table.ts';
import { silent } from '../../judgement.ts';

/** So many unknown addresses within an hour are a search for names, unless most of what is asked for exists. */
export const harvestUnknownMin = 25;
/** So many from a whole network: neighbours rarely are one and the same, and who is honest shall not pay for the other. */
export const networkUnknownMin = 100;
/** A large provider with an old list has more that are known. */
const unknownPerKnown = 2;

/** Directory harvest: whoever guesses names hears the same of all of them for a while. */
export const harvest = check({
  name: 'harvest',
  stage: 'rcpt',
  class: 'envelope',
  meaning: 'The client or its network does not search for addresses that exist.',
  requirements: ['P-17', 'I-87'],
  source: 'RFC 5321 §7.3',
  action: 'defer',
  weight: 5,
  reads: ['harvest'],
  judge({ harvest: { network, ...address } }) {
    const who = isSearch(address, harvestUnknownMin)
      ? 'address'
      : network !== undefined && isSearch(network, networkUnknownMin)
        ? 'network'
        : undefined;
    if (who === undefined) return silent;
    return {
      kind: 'finding',
      reason: `the client's ${who} asked for many addresses that do not exist`,
      evidence: { ...address, network },
      reply: { detail: '7.1', text: `too many unknown recipients from your ${who}, try again later` },
    };
  },
});

function isSearch({ unknown, known }: RecipientCounts, unknownMin: number): boolean {
  return unknown >= unknownMin && unknown > known * unknownPerKnown;
}
