import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checks } from './checks.ts';
import { findFact } from './facts.ts';
import { allPolicySettings, checkSettings } from './policy-settings.ts';
import { policyStages } from './stage.ts';

test('each check has a name of its own and settings, and stands in the order of the stages', () => {
  assert.equal(new Set(checks.map(({ name }) => name)).size, checks.length);
  const stages = checks.map(({ stage }) => policyStages.indexOf(stage));
  assert.deepEqual(
    stages,
    stages.toSorted((a, b) => a - b),
  );
  for (const { name } of checks) assert.ok(checkSettings.has(name), name);
  const names = allPolicySettings.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  for (const name of names) assert.match(name, /^policy\.[a-z_.]+$/);
});

test('no check reads what is not known at its stage', () => {
  for (const { name, stage, reads } of checks) {
    for (const fact of reads) {
      const known = policyStages.indexOf(findFact(fact).stage);
      assert.ok(known <= policyStages.indexOf(stage), `${name} reads ${fact}`);
    }
  }
});

test('every default fits its kind, and every check says what it serves', () => {
  for (const row of allPolicySettings)
    assert.ok(row.kind.read(row.kind.write(row.defaultValue)).ok, row.name);
  for (const { requirements, source, meaning } of checks) {
    assert.ok(requirements.length > 0 && source !== '');
    assert.match(meaning, /^[A-Z].*\.$/);
  }
});
