import { err, ok } from '#base/result.ts';
import type { Domain } from '#mail/domain.ts';
import { parseDomain } from '#mail/domain.ts';
import type { Kind } from '../kind.ts';
import { problem, shown } from '../kind.ts';

const description = 'a domain name like "example.org"';

export const domain: Kind<Domain> = {
  description,
  read(value) {
    const parsed = typeof value === 'string' ? parseDomain(value, { allowUnicode: true }) : undefined;
    return parsed?.ok === true
      ? ok(parsed.value)
      : err(problem(`must be ${description}, not ${shown(value)}`));
  },
  fromText: (text) => text.trim(),
  write: (value) => value,
};
