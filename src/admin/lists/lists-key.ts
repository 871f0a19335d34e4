import { err, ok } from '#base/result.ts';
import { optional, required } from '#config/key.ts';
import { string } from '#config/kinds/string.ts';
import { union } from '#config/kinds/union.ts';
import { listKeyNames, listKeyPattern } from '#policy/lists/list-key-ring.ts';
import { adminError } from '../errors.ts';
import { operation } from '../operation.ts';
import { failed } from '../trouble-error.ts';

export const listsKey = operation({
  name: 'lists key',
  meaning:
    'Set the key with which a premium list is asked. It is kept sealed and stands in no log, trace or listing.',
  input: {
    name: required(union(listKeyNames), { meaning: 'Whose key.', requirements: ['P-22'] }),
    password: optional(string({ lengthMax: 63, description: 'a key of one word' }), {
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
    return ok({ name, set: key !== undefined });
  },
  render: ({ name, set }) => [
    set
      ? `Lists of ${name} are asked with the key from now on.`
      : `Lists of ${name} are asked without a key.`,
  ],
});
