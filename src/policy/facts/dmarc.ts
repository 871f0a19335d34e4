import { andThen } from '#base/and-then.ts';
import { judgeDmarc } from '#mailauth/dmarc/judge-dmarc.ts';
import type { Fact } from '../fact.ts';
import { dkimIdentifiers, spfIdentifier } from '../identifiers.ts';
import { messageOf } from './message-of.ts';

/** DMARC of the one author domain (P-21). Its policy is sought while SPF and the signatures are still asked for. */
export const dmarcFact: Fact<'dmarc'> = {
  name: 'dmarc',
  stage: 'message',
  asks: 'dns',
  absent: () => undefined,
  compute(sources, facts) {
    return andThen(facts.read('author'), ({ author }) => {
      if (author.kind !== 'domain') return undefined;
      const { policyResolver, clock, records } = sources;
      const dkim = facts.read('dkim');
      const judgeHere = (): ReturnType<typeof judgeDmarc> =>
        judgeDmarc(
          {
            authorDomain: author.domain,
            spf: andThen(facts.read('spf'), spfIdentifier),
            dkim: andThen(dkim, dkimIdentifiers),
          },
          { resolver: policyResolver, clock, records },
        );
      const aside = messageOf(sources).signatures.dmarc?.();
      return aside === undefined ? judgeHere() : aside.then((outcome) => outcome ?? judgeHere());
    });
  },
};
