import { formatAddress } from '#mail/address.ts';
import { parseDomain } from '#mail/domain.ts';
import type { Fact } from '../fact.ts';
import type { FactSources } from '../fact-sources.ts';
import type { LocalListBook } from '../local-lists/local-list-book.ts';
import { comparedAddress } from '../local-lists/local-entry.ts';
import type { LocalListed } from '../local-lists/local-listed.ts';
import { localListed, localWord, nothingListed, recordedWord } from '../local-lists/local-listed.ts';

/** What this server's own lists have on MAIL FROM; the HELO name can be blocked too, and vouches for nobody. */
export const localSenderFact: Fact<'localSender'> = {
  name: 'localSender',
  stage: 'mail',
  asks: 'nobody',
  absent: () => nothingListed,
  compute(sources) {
    const local = sources.lists?.local;
    if (local === undefined || local.isEmpty) return nothingListed;
    const block = ofSender(local, 'block', sources) ?? ofHelo(local, sources);
    return localWord(block, ofSender(local, 'allow', sources));
  },
  record: recordedWord,
};

function ofSender(
  local: Pick<LocalListBook, 'findAddress'>,
  list: 'block' | 'allow',
  { from }: FactSources,
): LocalListed | undefined {
  if (from === undefined) return undefined;
  const text = formatAddress(from);
  return localListed(local.findAddress(list, { address: comparedAddress(text), domain: from.domain }), text);
}

function ofHelo(local: Pick<LocalListBook, 'findDomain'>, { helo }: FactSources): LocalListed | undefined {
  const name = parseDomain(helo.replace(/\.$/, ''));
  return name.ok ? localListed(local.findDomain('block', name.value), name.value) : undefined;
}
