import { ok } from '#base/result.ts';
import { operation } from '../operation.ts';
import { showColumns } from '../show.ts';
import { changeWords, differenceWords, showTrial, stateWords } from './show-trial.ts';

export const shadowList = operation({
  name: 'policy shadow list',
  looksOnly: true,
  meaning:
    'Settings of policy on trial: as shadows beside the real ones, or in stages; and those that are over.',
  input: {},
  run: async (world) => ok({ items: world.trials.book.list().map(showTrial), next: null }),
  render: ({ items }) =>
    items.length === 0
      ? ['Nothing is on trial: postern policy set CHECK --action ACTION --shadow']
      : showColumns(
          items.map((trial) => [
            trial.id,
            changeWords(trial),
            stateWords(trial),
            `${trial.judged} judged`,
            differenceWords(trial),
          ]),
        ),
});
