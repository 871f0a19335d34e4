import { runStep } from './run-step.ts';
import { runSuite, type Tally } from './run-suite.ts';
import { checkSuites, ciSuites, testSuites, type Suite } from './suites.ts';

export type Stage = 'check' | 'test' | 'ci';

/**
 * Runs a stage with those it contains, prints the closing line, and ends the process: 0 when nothing failed.
 * `skipsAllowed` is false in continuous integration, where a skip is a failure (CONTRACTS §8).
 */
export async function runStages(stages: readonly Stage[], skipsAllowed: boolean): Promise<never> {
  const total: Tally = { passed: 0, failed: 0, skipped: [] };
  for (const stage of stages) {
    if (stage === 'check') runTools(total);
    for (const suite of suitesOf(stage)) {
      const tally = await runSuite(suite);
      total.passed += tally.passed;
      total.failed += tally.failed;
      total.skipped.push(...tally.skipped);
    }
  }
  if (!skipsAllowed) total.failed += total.skipped.length;
  const skips = skipsAllowed && total.skipped.length > 0 ? `, ${String(total.skipped.length)} skipped` : '';
  console.log(`${String(total.passed)} passed, ${String(total.failed)} failed${skips}`);
  process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1);
}

function suitesOf(stage: Stage): readonly Suite[] {
  const named = { check: checkSuites, test: testSuites, ci: ciSuites }[stage];
  const only = process.env['POSTERN_ONLY'];
  return only === undefined ? named : named.filter((suite) => suite.name.includes(only));
}

function runTools(total: Tally): void {
  const steps = [
    runStep('types', ['tsc']),
    runStep('lint', ['oxlint', '--quiet']),
    runStep('format', ['oxfmt', '--check']),
  ];
  for (const passed of steps) {
    if (passed) total.passed += 1;
    else total.failed += 1;
  }
}
