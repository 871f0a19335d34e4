import { ok } from '#base/result.ts';
import { defaulted, required } from '#config/key.ts';
import { list } from '#config/kinds/list.ts';
import { string } from '#config/kinds/string.ts';
import { operation } from '../operation.ts';
import { readWishes } from './policy-wishes.ts';
import { renderTrial } from './show-trial.ts';
import { startTrial, trialMsDefault, trialTime } from './start-trial.ts';

export const shadowStart = operation({
  name: 'policy shadow start',
  meaning: 'Judge mail beside the real settings by others, and count what would have been otherwise.',
  input: {
    with: required(list(string(), { itemsMin: 1, itemsMax: 50 }), {
      meaning: 'The other settings, as in "spf.action=score,junk_score=8".',
      requirements: ['N-3'],
    }),
    for: defaulted(trialTime, trialMsDefault, { meaning: 'How long.' }),
  },
  async run(world, input) {
    const wishes = readWishes(input.with);
    if (!wishes.ok) return wishes;
    const trial = await startTrial(world, wishes.value, input.for);
    return trial.ok ? ok(trial.value) : trial;
  },
  render: renderTrial,
});
