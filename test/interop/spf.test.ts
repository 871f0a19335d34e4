import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { checkSpf } from '#mailauth/spf/check-spf.ts';
import { spfWorldCase } from '#mailauth/spf/random-zone.fixture.ts';
import type { SpfWorldCase } from '#mailauth/spf/random-zone.fixture.ts';
import type { SpfOutcome } from '#mailauth/spf/spf-outcome.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeResolver } from '#platform/fake-resolver.ts';

const python = '/usr/bin/python3';
const missing = missingSpf();

function missingSpf(): string | undefined {
  try {
    execFileSync(python, ['-c', 'import spf'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'not installed: python3-spf (.ci/install-peers installs it)';
  }
}

interface Verdict {
  readonly result: string;
  /** The explanation of a fail, the reason of an error. */
  readonly text: string;
}

function judge(cases: readonly SpfWorldCase[]): readonly Verdict[] {
  const input = cases.map(({ input: { address, helo, mailFrom }, zone }) => ({
    ip: address,
    helo,
    sender: mailFrom,
    zone,
  }));
  const output = execFileSync(python, [join(import.meta.dirname, 'spf-judge.py')], {
    input: JSON.stringify(input),
    maxBuffer: 64 * 1024 * 1024,
  });
  return JSON.parse(output.toString('utf8')) as readonly Verdict[];
}

async function ours({ input, zone }: SpfWorldCase): Promise<SpfOutcome> {
  const world = { resolver: createFakeResolver(zone), clock: createFakeClock(), receiver: 'us.example' };
  return await checkSpf(input, world);
}

/** Differences that are decided (standards/decisions.md): what the judge does that RFC 7208 does not say. */
function settled(
  { evidence: { matched, problem } }: SpfOutcome,
  { result, text }: Verdict,
): string | undefined {
  if (problem?.code === 'too-many-exchangers') return 'SPF-4';
  // It expands and checks all terms before it evaluates the first, and fetches `exp=` as soon as it is read.
  if (problem?.code === 'bad-target' && result === 'temperror') return 'SPF-8';
  // It asks for all exchangers, also when the first one is the client.
  if (result === 'temperror' && matched.some(({ term }) => term.includes('mx'))) return 'SPF-8';
  if (result !== 'permerror') return undefined;
  if (text.includes('Void lookup limit')) return 'SPF-6';
  if (/(?:unknown|x-y_z\.1)= MUST appear at most once/.test(text)) return 'SPF-7';
  if (text.includes('trivial recursion')) return 'SPF-8';
  return undefined;
}

test(
  'python3-spf judges random zones as we do, but for what was decided (P-19, I-36)',
  { skip: missing ?? false },
  async () => {
    const worlds = spfWorldCase({ exchangersMax: 12, garbage: false, reverse: false });
    const cases = fc.sample(worlds, { numRuns: 3000, seed: 7208 });
    const verdicts = judge(cases);
    const differences: string[] = [];
    let agreed = 0;
    for (const [index, one] of cases.entries()) {
      const outcome = await ours(one);
      const verdict = verdicts[index] ?? assert.fail('a verdict is missing');
      if (outcome.result === verdict.result) agreed += 1;
      else if (settled(outcome, verdict) === undefined) {
        differences.push(
          `${outcome.result} ${outcome.evidence.problem?.code} | ${verdict.result} ${verdict.text} | ${JSON.stringify(one)}`,
        );
      }
    }
    assert.deepEqual(differences, []);
    assert.ok(agreed > cases.length * 0.9, `they agreed on ${agreed} of ${cases.length}`);
  },
);
