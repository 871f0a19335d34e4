import { err, ok } from '#base/result.ts';
import { isRunning } from '#policy/trials/trial.ts';
import { adminError } from '../errors.ts';
import { operation } from '../operation.ts';
import { findTrial, trialId } from './find-trial.ts';
import { renderTrial, showTrial } from './show-trial.ts';

export const shadowStop = operation({
  name: 'policy shadow stop',
  meaning: 'End a trial at once: nothing of it holds for any mail. What it counted stays.',
  input: { id: trialId },
  async run(world, input) {
    const trial = findTrial(world, input.id);
    if (!trial.ok) return trial;
    if (!isRunning(trial.value))
      return err(adminError('usage', `trial ${input.id} is over already`, input.id));
    const ended = world.trials.book.end(input.id, 'stopped', 'by an administrator') ?? trial.value;
    await world.trials.kept();
    return ok(showTrial(ended));
  },
  render: renderTrial,
});
