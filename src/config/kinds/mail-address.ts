import { err, ok } from '#base/result.ts';
import type { Address } from '#mail/address.ts';
import { formatAddress, parseAddress } from '#mail/address.ts';
import type { Kind } from '../kind.ts';
import { problem, shown } from '../kind.ts';

const description = 'a mail address like "somebody@example.org"';

export const mailAddress: Kind<Address> = {
  description,
  read(value) {
    const parsed =
      typeof value === 'string' && !value.startsWith('@')
        ? parseAddress(value, { smtpUtf8: true })
        : undefined;
    return parsed?.ok === true
      ? ok(parsed.value)
      : err(problem(`must be ${description}, not ${shown(value)}`));
  },
  fromText: (text) => text.trim(),
  write: formatAddress,
};
