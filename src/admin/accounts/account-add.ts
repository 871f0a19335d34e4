import { ok } from '#base/result.ts';
import { defaulted, optional, required } from '#config/key.ts';
import { boolean } from '#config/kinds/boolean.ts';
import { domain } from '#config/kinds/domain.ts';
import { list } from '#config/kinds/list.ts';
import { mailAddress } from '#config/kinds/mail-address.ts';
import { size } from '#config/kinds/size.ts';
import { formatAddress } from '#mail/address.ts';
import { operation } from '../operation.ts';
import { failed } from '../trouble-error.ts';
import { credentialsFor, passwordKey } from './password-input.ts';
import { showAccount } from './show-account.ts';

const pebibyte = 1024 ** 5;

export const accountAdd = operation({
  name: 'account add',
  meaning: 'Make an account with its mailboxes; its address is the log-in name.',
  input: {
    address: required(mailAddress, { meaning: 'The address.' }),
    password: passwordKey,
    administers: defaulted(list(domain), [], {
      meaning: 'Domains that the account administers; mail for their reserved names goes to it.',
      requirements: ['S-03'],
    }),
    quota: optional(size({ minBytes: 1, maxBytes: pebibyte }), {
      meaning: 'How much mail it may hold; without it, any.',
    }),
    reserved: defaulted(boolean, false, {
      meaning: 'Take a reserved name like "postmaster".',
      requirements: ['S-03'],
    }),
  },
  async run(world, input) {
    const where = formatAddress(input.address);
    const made = await credentialsFor(world, input.address, input.password);
    if (!made.ok) return made;
    const created = await world.store.accounts.create({
      address: input.address,
      credentials: made.value.credentials,
      administers: input.administers,
      quota: { bytes: input.quota, messages: undefined },
      nowMs: world.clock.now(),
      reservedNameAllowed: input.reserved,
    });
    if (!created.ok) return failed(created.error, { where });
    return ok({ ...showAccount(created.value), password: made.value.generated });
  },
  render: (made) => [
    `The account ${made.address} is there.`,
    ...(made.password === null ? [] : [`Its password (shown only now):  ${made.password}`]),
  ],
});
