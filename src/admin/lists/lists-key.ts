import { err, ok } from '#base/result.ts';
import { optional, required } from '#config/key.ts';
import { secret } from '#config/kinds/secret.ts';
import { string } from '#config/kinds/string.ts';
import { listKeyNamePattern, listKeyPattern } from '#policy/lists/list-key-ring.ts';
import { adminError } from '../errors.ts';
import { operation } from '../operation.ts';
import { failed } from '../trouble-error.ts';

const keyName = string({
  lengthMax: 32,
  pattern: listKeyNamePattern,
  description: 'a name of lower-case letters, digits and hyphens',
});

export const listsKey = operation({
  name: 'lists key',
  meaning:
    'Set the key with which a premium list is asked. It is kept sealed and stands in no log, trace or listing.',
  input: {
    name: required(keyName, {
      meaning: 'Whose key: "spamhaus", or the name that stands in braces in a zone.',
      requirements: ['P-22', 'I-33'],
    }),
    password: optional(secret({ lengthMax: 63, description: 'a key of one word' }), {
      meaning: 'The key; without one, the key that was set is forgotten.',
    }),
  },
  async run(world, { name, password: key }) {
    // Not shown again: it is a secret.
    if (key !== undefined && !listKeyPattern.test(key))
      return err(adminError('value-invalid', 'a key has letters, digits and hyphens only', 'password'));
    const set = await world.lists.keys.set(name, key);
    if (!set.ok) return failed(set.error, { where: name });
    world.lists.dns.keyChanged(name);
    const isUsed = world.lists.keys.names.includes(name);
    return ok({ name, set: key !== undefined, used: isUsed });
  },
  render: ({ name, set, used }) => [
    set
      ? `Lists of ${name} are asked with the key from now on.`
      : `Lists of ${name} are asked without a key.`,
    ...(used
      ? []
      : [
          `No list has such a key yet: name one as "{${name}}.zone" in lists.address_zones or lists.domain_zones.`,
        ]),
  ],
});
