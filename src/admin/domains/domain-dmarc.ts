import { ok } from '#base/result.ts';
import { required } from '#config/key.ts';
import { domain } from '#config/kinds/domain.ts';
import { ownDmarcRecord, reviewOwnDmarc } from '#mailauth/dmarc/own-dmarc.ts';
import { storedPolicy } from '../policy/policy-world.ts';
import { operation } from '../operation.ts';
import { failed } from '../trouble-error.ts';

export const domainDmarc = operation({
  name: 'domain dmarc',
  looksOnly: true,
  meaning:
    'What others do with forged mail of a domain, by the DMARC record that it publishes, and what to make better.',
  input: { domain: required(domain, { meaning: 'The domain.', requirements: ['P-21'] }) },
  async run(world, input) {
    const { store, resolver, clock } = world;
    const found = await store.domains.get(input.domain);
    if (!found.ok) return failed(found.error, { where: input.domain, missing: 'domain-not-found' });
    const values = await storedPolicy(world);
    if (!values.ok) return values;
    const namedSenders = values.value.namedSenders
      .filter((entry) => entry.domain === input.domain)
      .map(({ proof, reason }) => ({ proof, reason }));
    const {
      record = null,
      policy = null,
      findings,
    } = await reviewOwnDmarc(input.domain, { resolver, clock });
    const recommended = ownDmarcRecord(input.domain);
    return ok({ domain: input.domain, record, policy, recommended, findings, namedSenders });
  },
  render: ({ domain: name, record, policy, recommended, findings, namedSenders }) => [
    `DMARC of ${name}: ${record ?? '(nothing is published)'}`,
    ...(policy === null ? [] : [`  Others are asked for ${policy.wanted}, by ${policy.domain}.`]),
    ...findings.map(({ weight, detail }) => `  ${weight.padEnd(9)} ${detail}`),
    ...(findings.length === 0 ? ['  Forged mail is kept away from others, and reports tell who tries.'] : []),
    ...namedSenders.map(
      ({ proof, reason }) =>
        `  Here it may also be sent by ${proof}${reason === '' ? '' : ` (${reason})`}, without that proof.`,
    ),
    ...(record === null ? [`  Publish: _dmarc.${name}. IN TXT "${recommended}"`] : []),
  ],
});
