import { err, ok } from '#base/result.ts';
import { required } from '#config/key.ts';
import { string } from '#config/kinds/string.ts';
import { adminError } from '../errors.ts';
import { operation } from '../operation.ts';
import { ruleLine, showRule } from './show-rule.ts';

export const rulesRemove = operation({
  name: 'rules remove',
  meaning: 'Take a rule about mail away.',
  input: { name: required(string({ lengthMax: 64 }), { meaning: 'As "rules list" shows it.' }) },
  async run(world, { name }) {
    const removed = world.rules.book.remove(name);
    await world.rules.kept();
    if (removed === undefined)
      return err(adminError('not-found', `there is no rule "${name}": see "postern rules list"`, 'name'));
    return ok(showRule(removed));
  },
  render: (rule) => [`Gone: ${ruleLine(rule)}`],
});
