import { ok } from '#base/result.ts';
import { required } from '#config/key.ts';
import { mailAddress } from '#config/kinds/mail-address.ts';
import { formatAddress } from '#mail/address.ts';
import { operation } from '../operation.ts';
import { failed } from '../trouble-error.ts';

/** Not asked about: `alias add` brings it back as it was. */
export const aliasRemove = operation({
  name: 'alias remove',
  meaning: 'Take an alias away; its mail is refused from then on.',
  input: { address: required(mailAddress, { meaning: 'The address of the alias.' }) },
  async run(world, input) {
    const where = formatAddress(input.address);
    const removed = await world.store.aliases.remove(input.address);
    return removed.ok
      ? ok({ address: where, removed: true })
      : failed(removed.error, { where, missing: 'alias-not-found' });
  },
  render: (gone) => [`The alias ${gone.address} is gone.`],
});
