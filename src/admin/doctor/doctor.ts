import { ok } from '#base/result.ts';
import { operation } from '../operation.ts';
import { counted } from '../show.ts';
import type { DoctorCheck, Finding } from './check.ts';
import { fail } from './check.ts';

/** No check may keep the others waiting. */
const checkMsMax = 10_000;

export const doctor = operation({
  name: 'doctor',
  looksOnly: true,
  meaning: 'Look whether this machine and this installation are as they should be.',
  input: {},
  run: async (world) => ok(await examineAll(world.doctorChecks)),
  render: (output) => [
    ...output.items.flatMap((row) => [
      `${marks[row.state]}  ${row.check}: ${row.what}`,
      ...(row.fix === null ? [] : [`      → ${row.fix}`]),
    ]),
    `${output.passed} passed, ${counted(output.warned, 'warning')}, ${output.failed} failed, ${output.skipped} could not be checked`,
  ],
});

/** What `doctor` tells. */
export type DoctorOutput = Awaited<ReturnType<typeof examineAll>>;

export async function examineAll(checks: readonly DoctorCheck[]) {
  const items = (await Promise.all(checks.map(examine))).flat();
  const count = (state: Finding['state']): number => items.filter((row) => row.state === state).length;
  const [passed, warned, failed, skipped] = [count('pass'), count('warn'), count('fail'), count('skip')];
  return { items, next: null, passed, warned, failed, skipped };
}

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
