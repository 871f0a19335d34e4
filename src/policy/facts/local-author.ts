import { andThen } from '#base/and-then.ts';
import { formatAddress } from '#mail/address.ts';
import type { Address } from '#mail/address.ts';
import { authorAddresses } from '../author-addresses.ts';
import type { Fact } from '../fact.ts';
import type { LocalListBook } from '../local-lists/local-list-book.ts';
import { comparedAddress } from '../local-lists/local-entry.ts';
import { localListed, localWord, nothingListed, recordedWord } from '../local-lists/local-listed.ts';
import type { LocalWord } from '../local-lists/local-listed.ts';
import { messageOf } from './message-of.ts';

/** What this server's own lists have on the author: one blocked address blocks, only all together are allowed. */
export const localAuthorFact: Fact<'localAuthor'> = {
  name: 'localAuthor',
  stage: 'message',
  asks: 'nobody',
  absent: () => nothingListed,
  compute(sources, facts) {
    const local = sources.lists?.local;
    if (local === undefined || local.isEmpty) return nothingListed;
    return andThen(facts.read('author'), ({ author }) =>
      author.kind === 'domain' ? wordOn(authorAddresses(messageOf(sources).header), local) : nothingListed,
    );
  },
  record: recordedWord,
};

function wordOn(addresses: readonly Address[], local: Pick<LocalListBook, 'findAddress'>): LocalWord {
  const find = (list: 'block' | 'allow') =>
    addresses.map((address) => {
      const text = formatAddress(address);
      const asked = { address: comparedAddress(text), domain: address.domain };
      return localListed(local.findAddress(list, asked), text);
    });
  const allowed = find('allow');
  const block = find('block').find((one) => one !== undefined);
  return localWord(block, allowed.every((one) => one !== undefined) ? allowed[0] : undefined);
}
