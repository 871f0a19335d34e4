import { ok } from '#base/result.ts';
import { required } from '#config/key.ts';
import { domain } from '#config/kinds/domain.ts';
import { operation } from '../operation.ts';
import { failed } from '../trouble-error.ts';
import { downstreamOrNoneKind } from './downstream-kind.ts';
import { showDomain } from './show-domain.ts';

export const domainChange = operation({
  name: 'domain change',
  meaning:
    'Name the server behind this one that has the mailboxes of a domain, or take it away. Accounts and aliases here come first.',
  input: {
    domain: required(domain, { meaning: 'The domain.' }),
    downstream: required(downstreamOrNoneKind, {
      meaning:
        'Where its mail goes that no account or alias here takes; that server is asked whether it has an address. `none`: nowhere.',
      requirements: ['I-88'],
    }),
  },
  async run(world, { domain: name, downstream }) {
    const found = await world.store.domains.get(name);
    if (!found.ok) return failed(found.error, { where: name, missing: 'domain-not-found' });
    const patch = { downstream: downstream === 'none' ? undefined : downstream };
    const changed = await world.store.domains.change(name, patch, found.value.version);
    if (!changed.ok) return failed(changed.error, { where: name });
    world.notices.domainsChanged();
    world.notices.queueChanged();
    return ok(showDomain(changed.value));
  },
  render: ({ domain: name, downstream }) => [
    downstream === null
      ? `Mail for ${name} goes to accounts and aliases here, and nowhere else.`
      : `Mail for ${name} that no account or alias here takes goes to ${downstream}.`,
  ],
});
