import { ok } from '#base/result.ts';
import { checks } from '#policy/checks.ts';
import { operation } from '../operation.ts';
import { showColumns } from '../show.ts';
import { storedPolicy } from './policy-world.ts';
import { showCheck } from './show-check.ts';

export const policyList = operation({
  name: 'policy list',
  looksOnly: true,
  meaning: 'The checks that mail from outside has to pass, in their order, and what each does.',
  input: {},
  async run(world) {
    const values = await storedPolicy(world);
    if (!values.ok) return values;
    const { junkScore, refuseScore, greylistScore } = values.value;
    return ok({
      items: checks.map((row) => showCheck(row, values.value)),
      next: null,
      thresholds: { greylist: greylistScore, junk: junkScore, refuse: refuseScore },
    });
  },
  render: ({ items, thresholds }) => [
    ...showColumns([
      ['STAGE', 'CHECK', 'ACTION', 'POINTS', 'WHAT SHALL BE SO'],
      ...items.map(({ stage, name, action, weight, meaning, except, defaultAction }) => [
        stage,
        name,
        action === defaultAction ? action : `${action} (else ${defaultAction})`,
        String(weight),
        `${meaning}${except.length === 0 ? '' : ` Not asked of ${except.join(', ')}.`}`,
      ]),
    ]),
    '',
    `${thresholds.greylist} points: put off once when unknown. ${thresholds.junk}: Junk. ${thresholds.refuse}: refused.`,
  ],
});
