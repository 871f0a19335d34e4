import { err, ok } from '#base/result.ts';
import { required } from '#config/key.ts';
import type { LocalListName } from '#policy/local-lists/local-entry.ts';
import { adminError } from '../errors.ts';
import type { AnyOperation } from '../operation.ts';
import { operation } from '../operation.ts';
import { localSubjectKind } from './local-subject.ts';
import { entryWords, listWords, showEntry } from './show-entry.ts';

function removeEntry(list: LocalListName): AnyOperation {
  return operation({
    name: `${list}list remove`,
    meaning: `Take an entry off the local ${listWords[list]}.`,
    input: { entry: required(localSubjectKind, { meaning: `As "${list}list list" shows it.` }) },
    async run(world, { entry }) {
      const removed = world.lists.local.remove(list, entry);
      await world.lists.kept();
      if (removed !== undefined) return ok(showEntry(removed));
      const words = `${entry.value} is not on the ${listWords[list]}: see "postern ${list}list list"`;
      return err(adminError('not-found', words, 'entry'));
    },
    render: (removed) => [
      `${removed.entry} is off the ${listWords[list]}. It was there for: ${entryWords(removed)}.`,
    ],
  });
}

export const blocklistRemove = removeEntry('block');
export const allowlistRemove = removeEntry('allow');
