import { ok } from '#base/result.ts';
import { operation } from '../operation.ts';
import { findTrial, trialId } from './find-trial.ts';
import { renderTrial, showTrial } from './show-trial.ts';

export const shadowShow = operation({
  name: 'policy shadow show',
  looksOnly: true,
  meaning: 'One trial: what it would have done otherwise, with the traces.',
  input: { id: trialId },
  async run(world, input) {
    const trial = findTrial(world, input.id);
    return trial.ok ? ok(showTrial(trial.value)) : trial;
  },
  render: renderTrial,
});
