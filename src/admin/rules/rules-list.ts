import { ok } from '#base/result.ts';
import { operation } from '../operation.ts';
import { showColumns } from '../show.ts';
import { showRule } from './show-rule.ts';

export const rulesList = operation({
  name: 'rules list',
  looksOnly: true,
  meaning: 'The rules about mail, in the order in which they are asked: the first that fits decides.',
  input: {},
  async run(world) {
    const { book } = world.rules;
    return ok({ items: book.list().map(showRule), ceiling: book.ceiling, next: null });
  },
  render: ({ items, ceiling }) => [
    ...(items.length === 0
      ? ['There are no rules.']
      : showColumns(
          items.map((row) => [
            String(row.priority),
            row.name,
            row.action,
            row.words.join(' '),
            row.until === null ? '' : `until ${row.until}`,
            row.reason ?? '',
          ]),
        )),
    ...(ceiling === 'refuse' ? [] : [`policy.rule.action is "${ceiling}": rules do no more than that.`]),
  ],
});
