import { required } from '#config/key.ts';
import { mailAddress } from '#config/kinds/mail-address.ts';
import { operation } from '../operation.ts';
import { changeState } from './change-state.ts';

export const accountEnable = operation({
  name: 'account enable',
  meaning: 'Let the owner of a disabled account log in again.',
  input: { address: required(mailAddress, { meaning: 'The address.' }) },
  run: (world, { address }) => changeState(world, address, 'active'),
  render: (done) => [`${done.address} can be logged in to again.`],
});
