import { err, ok } from '#base/result.ts';
import { defaulted, optional } from '#config/key.ts';
import { duration } from '#config/kinds/duration.ts';
import { integer } from '#config/kinds/integer.ts';
import type { Kind } from '#config/kind.ts';
import { applyTrial } from '#policy/trials/apply-trial.ts';
import { adminError } from '../errors.ts';
import { operation } from '../operation.ts';
import { failed } from '../trouble-error.ts';
import { findTrial, trialId } from './find-trial.ts';
import { renderTrial, showTrial } from './show-trial.ts';
import { tooManyTrials } from './start-trial.ts';

const whole = integer({ min: 1, max: 100 });
/** "10" or "10%". */
const percent: Kind<number> = {
  ...whole,
  description: 'a share from 1% to 100%',
  fromText: (text) => whole.fromText(text.trim().replace(/%$/, '')),
};

const hourMs = 3_600_000;

export const shadowApply = operation({
  name: 'policy shadow apply',
  meaning:
    'Let the settings of a trial hold: for all mail at once, or in stages, for a share of mail that rises by itself and is taken back when too much is kept out.',
  input: {
    id: trialId,
    stage: optional(percent, {
      meaning: 'The first share of mail, by network and domain of the sender; else all of it at once.',
      requirements: ['N-3'],
    }),
    every: defaulted(duration({ minMs: hourMs, maxMs: 30 * 24 * hourMs }), 24 * hourMs, {
      meaning: 'How long each share holds, before the next of 1, 5, 10, 25, 50, 100 %.',
    }),
    bound: defaulted(percent, 1, {
      meaning:
        'It is taken back when it keeps out more than this share of the mail in its stages that would have been delivered, or any that the allow list names.',
    }),
  },
  async run(world, input) {
    const trial = findTrial(world, input.id);
    if (!trial.ok) return trial;
    if (trial.value.state === 'applied')
      return err(adminError('usage', `trial ${input.id} is applied already`, input.id));
    const { book } = world.trials;
    if (input.stage === undefined) {
      const done = await applyTrial(world.store.settings, trial.value);
      if (!done.ok) return failed(done.error, { where: 'settings' });
      for (const name of Object.keys(trial.value.changes)) await world.notices.settingChanged(name);
      book.end(input.id, 'applied', 'by an administrator');
    } else {
      const wish = { share: input.stage, everyMs: input.every, keptOutPercentMax: input.bound };
      const staged = book.stage(input.id, wish);
      if (staged === 'full') return err(tooManyTrials());
      if (staged === 'another')
        return err(adminError('usage', 'another trial is in its stages: one at a time', input.id));
    }
    await world.trials.kept();
    return ok(showTrial(book.find(input.id) ?? trial.value));
  },
  render: renderTrial,
});
