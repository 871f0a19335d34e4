import { err, ok } from '#base/result.ts';
import type { Kind, KindProblem } from '../kind.ts';
import { problem, shown } from '../kind.ts';

const itemsMaxByDefault = 1000;

/** Several values of one kind; every wrong item is named. On the command line they are parted by commas. */
export function list<T>(
  item: Kind<T>,
  rules: { readonly itemsMin?: number; readonly itemsMax?: number } = {},
): Kind<readonly T[]> {
  const { itemsMin = 0, itemsMax = itemsMaxByDefault } = rules;
  return {
    description: `a list of ${itemsMin} to ${itemsMax} values, each ${item.description}`,
    read(value) {
      if (!Array.isArray(value)) return err(problem(`must be a list, not ${shown(value)}`));
      if (value.length < itemsMin || value.length > itemsMax)
        return err(problem(`must have ${itemsMin} to ${itemsMax} values, not ${value.length}`));
      return readItems(item, value);
    },
    fromText: (text) =>
      text
        .split(',')
        .map((piece) => piece.trim())
        .filter((piece) => piece !== '')
        .map((piece) => item.fromText(piece)),
    write: (value) => value.map((one) => item.write(one)),
  };
}

function readItems<T>(item: Kind<T>, values: readonly unknown[]): ReturnType<Kind<readonly T[]>['read']> {
  const items: T[] = [];
  const problems: KindProblem[] = [];
  for (const [index, value] of values.entries()) {
    const read = item.read(value);
    if (read.ok) items.push(read.value);
    else problems.push(...read.error.map((one) => ({ ...one, at: [index, ...one.at] })));
  }
  return problems.length === 0 ? ok(items) : err(problems);
}
