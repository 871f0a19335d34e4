import { ok } from '#base/result.ts';
import { operation } from '../operation.ts';
import { counted } from '../show.ts';
import type { DoctorCheck, Finding } from './check.ts';
import { fail } from './check.ts';

/** No check may keep the others waiting. */
const checkMsMax = 10_000;

export const doctor = operation({
  name: 'doctor',
  meaning: 'Look whether this machine and this installation are as they should be.',
  input: {},
  async run(world) {
    const found = await Promise.all(world.doctorChecks.map(examine));
    const items = found.flat();
    const count = (state: Finding['state']): number => items.filter((row) => row.state === state).length;
    return ok({
      items,
      next: null,
      passed: count('pass'),
      warned: count('warn'),
      failed: count('fail'),
      skipped: count('skip'),
    });
  },
  render: (output) => [
    ...output.items.flatMap((row) => [
      `${marks[row.state]}  ${row.check}: ${row.what}`,
      ...(row.fix === null ? [] : [`      → ${row.fix}`]),
    ]),
    `${output.passed} passed, ${counted(output.warned, 'warning')}, ${output.failed} failed, ${output.skipped} could not be checked`,
  ],
});

const marks: Readonly<Record<Finding['state'], string>> = {
  pass: ' ok ',
  warn: 'warn',
  fail: 'FAIL',
  skip: ' -- ',
};

async function examine(check: DoctorCheck) {
  const findings = await check
    .run(AbortSignal.timeout(checkMsMax))
    .catch((error: unknown) => [fail(`the check itself failed: ${String(error)}`, 'Please report this.')]);
  return findings.map(({ state, what, fix }) => ({ check: check.name, state, what, fix: fix ?? null }));
}
