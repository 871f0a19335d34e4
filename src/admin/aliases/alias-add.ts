import { ok } from '#base/result.ts';
import { defaulted, required } from '#config/key.ts';
import { boolean } from '#config/kinds/boolean.ts';
import { list } from '#config/kinds/list.ts';
import { mailAddress } from '#config/kinds/mail-address.ts';
import { formatAddress } from '#mail/address.ts';
import { operation } from '../operation.ts';
import { failed } from '../trouble-error.ts';
import { showAlias } from './show-alias.ts';

const targetsMax = 100;

export const aliasAdd = operation({
  name: 'alias add',
  meaning: 'Send mail for an address to other addresses, here or elsewhere.',
  input: {
    address: required(mailAddress, { meaning: 'The address that is made.' }),
    targets: required(list(mailAddress, { itemsMin: 1, itemsMax: targetsMax }), {
      meaning: 'Where its mail goes.',
    }),
    reserved: defaulted(boolean, false, {
      meaning: 'Take a reserved name like "postmaster".',
      requirements: ['S-03'],
    }),
  },
  async run(world, input) {
    const made = await world.store.aliases.create(input.address, input.targets, input.reserved);
    return made.ok ? ok(showAlias(made.value)) : failed(made.error, { where: formatAddress(input.address) });
  },
  render: (made) => [`Mail for ${made.address} goes to ${made.targets.join(', ')}.`],
});
