import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checks } from './checks.ts';
import { iprevFact } from './facts/iprev.ts';
import { linksFact } from './facts/links.ts';
import { factNames, findFact } from './facts.ts';

const shapeOf = (row: object): string => Object.keys(row).join(' ');

test('all facts have one shape, and all checks, in whatever order they are written', () => {
  assert.equal(new Set(factNames.map((name) => shapeOf(findFact(name)))).size, 1);
  assert.equal(new Set(checks.map(shapeOf)).size, 1);
});

test('nothing of a fact is lost on the way into its shape', () => {
  for (const fact of [iprevFact, linksFact])
    for (const [key, value] of Object.entries(fact))
      assert.equal(Object.entries(findFact(fact.name)).find(([name]) => name === key)?.[1], value);
});
