import type { Fact } from '../fact.ts';
import { localListed, localWord, nothingListed, recordedWord } from '../local-lists/local-listed.ts';

/** What this server's own lists have on the connecting address. */
export const localClientFact: Fact<'localClient'> = {
  name: 'localClient',
  stage: 'connect',
  asks: 'nobody',
  absent: () => nothingListed,
  ofNobody: () => nothingListed,
  compute({ lists, client }) {
    const local = lists?.local;
    if (local === undefined) return nothingListed;
    return localWord(
      localListed(local.findClient('block', client), client),
      localListed(local.findClient('allow', client), client),
    );
  },
  record: recordedWord,
};
