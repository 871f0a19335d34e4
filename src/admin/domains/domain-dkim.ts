import { ok } from '#base/result.ts';
import { required } from '#config/key.ts';
import { domain } from '#config/kinds/domain.ts';
import { reviewOwnDkim } from '#mailauth/own-dkim.ts';
import { operation } from '../operation.ts';
import { failed } from '../trouble-error.ts';

export const domainDkim = operation({
  name: 'domain dkim',
  looksOnly: true,
  meaning: 'Whether others can check what this server signs for a domain, with the keys that are published.',
  input: { domain: required(domain, { meaning: 'The domain.', requirements: ['P-20', 'P-21'] }) },
  async run({ store, resolver, clock }, input) {
    const found = await store.domains.get(input.domain);
    if (!found.ok) return failed(found.error, { where: input.domain, missing: 'domain-not-found' });
    const keys = await reviewOwnDkim(input.domain, found.value.dkim, { resolver, clock });
    const recommended = found.value.dkim.map(({ selector, record }) => ({
      name: `${selector}._domainkey.${input.domain}`,
      value: record,
    }));
    return ok({ domain: input.domain, keys, recommended });
  },
  render: ({ domain: name, keys }) => [
    `DKIM of ${name}:${keys.length === 0 ? ' no keys, so nothing is signed' : ''}`,
    ...keys.map(
      ({ selector, algorithm, active, result, detail }) =>
        `  ${result.padEnd(9)} ${selector} (${algorithm}${active ? '' : ', not in use'}): ${detail}`,
    ),
    ...(keys.every(({ result }) => result === 'pass')
      ? []
      : [`  What to publish:  postern domain dns ${name}`]),
  ],
});
