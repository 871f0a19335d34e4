import { ok } from '#base/result.ts';
import { required } from '#config/key.ts';
import { mailAddress } from '#config/kinds/mail-address.ts';
import { formatAddress } from '#mail/address.ts';
import { operation } from '../operation.ts';
import { failed } from '../trouble-error.ts';
import { findAccount } from './find-account.ts';
import { credentialsFor, passwordKey } from './password-input.ts';

export const accountPassword = operation({
  name: 'account password',
  meaning: 'Set a new password for an account; the old one is worth nothing at once.',
  input: { address: required(mailAddress, { meaning: 'The address.' }), password: passwordKey },
  async run(world, input) {
    const account = await findAccount(world, input.address);
    if (!account.ok) return account;
    const made = await credentialsFor(world, input.address, input.password);
    if (!made.ok) return made;
    const where = formatAddress(input.address);
    const { id, version } = account.value;
    const changed = await world.store.accounts.change(id, { credentials: made.value.credentials }, version);
    if (!changed.ok) return failed(changed.error, { where, missing: 'account-not-found' });
    world.notices.accountChanged(id);
    return ok({ address: where, password: made.value.generated });
  },
  render: (set) => [
    `The password of ${set.address} is set.`,
    ...(set.password === null ? [] : [`It is (shown only now):  ${set.password}`]),
  ],
});
