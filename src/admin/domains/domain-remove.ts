import { err, ok } from '#base/result.ts';
import { required } from '#config/key.ts';
import { domain } from '#config/kinds/domain.ts';
import { operation } from '../operation.ts';
import { failed, troubleError } from '../trouble-error.ts';

export const domainRemove = operation({
  name: 'domain remove',
  meaning: 'Serve a domain no longer. Its accounts and aliases must be gone.',
  input: { domain: required(domain, { meaning: 'The domain.' }) },
  async preview(world, input) {
    const found = await world.store.domains.get(input.domain);
    if (!found.ok)
      return err(troubleError(found.error, { where: input.domain, missing: 'domain-not-found' }));
    return ok([
      `Mail for ${input.domain} will be refused.`,
      `Its DKIM keys (${found.value.dkim.map((key) => key.selector).join(', ') || 'none'}) will be destroyed.`,
    ]);
  },
  async run(world, input) {
    const removed = await world.store.domains.remove(input.domain);
    world.notices.domainsChanged();
    if (removed.ok) return ok({ domain: input.domain, removed: true });
    return failed(removed.error, {
      where: input.domain,
      missing: 'domain-not-found',
      conflict: 'domain-in-use',
    });
  },
  render: (gone) => [`The domain ${gone.domain} is no longer served.`],
});
