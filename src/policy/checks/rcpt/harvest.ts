import { check } from '../../check.ts';
import { silent } from '../../judgement.ts';

/** So many unknown addresses within an hour are a search for names, unless most of what is asked for exists. */
export const harvestUnknownMin = 25;
/** A large provider with an old list has more that are known. */
const unknownPerKnown = 2;

/** Directory harvest: whoever guesses names hears the same of all of them for a while. */
export const harvest = check({
  name: 'harvest',
  stage: 'rcpt',
  class: 'envelope',
  meaning: 'The client’s network does not search for addresses that exist.',
  requirements: ['P-17', 'I-87'],
  source: 'RFC 5321 §7.3',
  action: 'defer',
  weight: 5,
  reads: ['harvest'],
  judge({ harvest: { unknown, known } }) {
    if (unknown < harvestUnknownMin || unknown <= known * unknownPerKnown) return silent;
    return {
      kind: 'finding',
      reason: 'the client’s network asked for many addresses that do not exist',
      evidence: { unknown, known },
      reply: { detail: '7.1', text: 'too many unknown recipients from your network, try again later' },
    };
  },
});
