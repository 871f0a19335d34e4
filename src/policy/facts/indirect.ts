import type { IndirectSign } from '#mailauth/dmarc/dmarc-disposition.ts';
import { findField, headerValue } from '#mail/header.ts';
import type { HeaderBlock } from '#mail/header.ts';
import { parseDomain } from '#mail/domain.ts';
import { cleanForeignText } from '#trace/foreign-text.ts';
import { isProven } from '../exception.ts';
import type { Fact, FactReader } from '../fact.ts';
import type { FactSources } from '../fact-sources.ts';
import { messageOf } from './message-of.ts';

/**
 * Signs that a message did not come straight from its author (I-45): a list's fields together with proof that the list's
 * own domain sent it, a forwarder that was named, a named sealer's unbroken ARC chain. A field alone anybody can write.
 */
export const indirectFact: Fact<'indirect'> = {
  name: 'indirect',
  stage: 'message',
  asks: 'dns',
  async compute(sources, facts) {
    const [list, forwarder, sealer] = await Promise.all([
      listSign(sources, facts),
      forwarderSign(sources, facts),
      sealerSign(sources, facts),
    ]);
    return [list, forwarder, sealer].filter((sign) => sign !== undefined);
  },
  record: (fact) => (fact.length === 0 ? undefined : fact),
};

async function listSign(sources: FactSources, facts: FactReader): Promise<IndirectSign | undefined> {
  const { header } = messageOf(sources);
  const domains = listDomains(header);
  if (domains === undefined) return undefined;
  const { author } = await facts.read('author');
  const authorDomain = author.kind === 'domain' ? author.domain : undefined;
  const [spf, dkim] = [await facts.read('spf'), await facts.read('dkim')];
  // What the author's own domain proves is no sign of another way.
  if (spf.result === 'pass' && spf.domain !== authorDomain) return sign(spf.domain);
  const signer = dkim.outcomes.find(
    ({ result, domain }) =>
      result === 'pass' && domain !== undefined && domain !== authorDomain && within(domains, domain),
  );
  return signer?.domain === undefined ? undefined : sign(signer.domain);
}

function sign(who: string): IndirectSign {
  return { kind: 'mailing-list', who: cleanForeignText(who) };
}

/** RFC 2919 and RFC 2369: the fields of lists; `undefined` when it has none. Domains that they name. */
function listDomains(header: HeaderBlock): readonly string[] | undefined {
  if (findField(header, 'list-id') === undefined && findField(header, 'list-post') === undefined)
    return undefined;
  const listId = /<([^<>]{1,255})>[^<>]*$/.exec(headerValue(header, 'list-id') ?? '')?.[1] ?? '';
  const post =
    /<mailto:[^<>@]{1,255}@([^<>?]{1,255})[?>]/i.exec(headerValue(header, 'list-post') ?? '')?.[1] ?? '';
  return [listId, post].flatMap((text) => {
    const domain = parseDomain(text.trim());
    return domain.ok ? [domain.value] : [];
  });
}

/** The list lies in the signer's domain. */
function within(lists: readonly string[], signer: string): boolean {
  return lists.some((list) => list === signer || list.endsWith(`.${signer}`));
}

async function forwarderSign(
  { forwarders }: FactSources,
  facts: FactReader,
): Promise<IndirectSign | undefined> {
  const who = await isProven(forwarders, facts);
  return who === undefined ? undefined : { kind: 'named-forwarder', who };
}

async function sealerSign({ arcSealers }: FactSources, facts: FactReader): Promise<IndirectSign | undefined> {
  if (arcSealers.length === 0) return undefined;
  const { result, sets } = await facts.read('arc');
  const sealer = sets.at(-1)?.sealer;
  if (result !== 'pass' || sealer === undefined || !arcSealers.includes(sealer)) return undefined;
  return { kind: 'named-arc-sealer', who: sealer };
}
