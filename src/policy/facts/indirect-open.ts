import { allOf } from '#base/all-of.ts';
import { andThen } from '#base/and-then.ts';
import type { Awaitable } from '#base/result.ts';
import { listDomains } from '#mailauth/dmarc/indirect-signs.ts';
import { registrableDomain } from '#mail/public-suffix.ts';
import type { Fact, FactReader } from '../fact.ts';
import type { FactSources } from '../fact-sources.ts';
import { wasUnanswered } from '../way-proof.ts';
import { messageOf } from './message-of.ts';

/**
 * Who may have brought the message by an indirect way, had the proof of it been answered (I-45): a list whose domain sent
 * or signed it, a named forwarder, a named sealer. Anybody can bring that about, so it earns a message no place in any
 * mailbox; it only has it put off instead of refused.
 */
export const indirectOpenFact: Fact<'indirectOpen'> = {
  name: 'indirectOpen',
  stage: 'message',
  asks: 'dns',
  absent: () => [],
  compute(sources, facts) {
    const { forwarders, arcSealers } = sources;
    const asked = allOf([
      openList(sources, facts),
      forwarders.length > 0 && wasUnanswered(forwarders, facts),
      arcSealers.length > 0 && andThen(facts.read('arc'), ({ reason }) => reason === 'dns'),
    ]);
    return andThen(asked, ([list, forwarder, sealer]) => [
      ...(list === undefined ? [] : [list]),
      ...(forwarder ? ['a named forwarder'] : []),
      ...(sealer ? ['a named ARC sealer'] : []),
    ]);
  },
  record: (fact) => (fact.length === 0 ? undefined : fact),
};

function openList(sources: FactSources, facts: FactReader): Awaitable<string | undefined> {
  return andThen(allOf([facts.read('spf'), facts.read('dkim')]), ([spf, { outcomes }]) => {
    const open = [spf, ...outcomes].flatMap(({ result, domain }) =>
      result === 'temperror' && domain !== undefined ? [registrableDomain(domain) ?? domain] : [],
    );
    if (open.length === 0) return undefined;
    return listDomains(messageOf(sources).header).find((list) =>
      open.includes(registrableDomain(list) ?? list),
    );
  });
}
