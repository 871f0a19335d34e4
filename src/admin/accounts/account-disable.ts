import { required } from '#config/key.ts';
import { mailAddress } from '#config/kinds/mail-address.ts';
import { operation } from '../operation.ts';
import { changeState } from './change-state.ts';

export const accountDisable = operation({
  name: 'account disable',
  meaning: 'Let nobody log in to an account any more, and end its sessions; its mail still comes in.',
  input: { address: required(mailAddress, { meaning: 'The address.' }) },
  run: (world, { address }) => changeState(world, address, 'disabled'),
  render: (done) => [`${done.address} is disabled; its mail still comes in.`],
});
