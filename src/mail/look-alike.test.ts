import assert from 'node:assert/strict';
import { test } from 'node:test';
import { letterSkeleton } from './look-alike.ts';

test('texts that look alike have one skeleton', () => {
  for (const [one, other] of [
    ['example', 'examp1e'],
    ['example', 'EXAMPLE'],
    ['example', 'ex\u0430mple'],
    ['example', 'exam\u00adple'],
    ['example', 'exa\u0301mple'],
    ['example', '\uff45xample'],
    ['modern', 'modem'],
    ['savvy', 'sawy'],
    ['clear', 'dear'],
    ['office', '0ff1ce'],
  ] as const)
    assert.equal(letterSkeleton(one), letterSkeleton(other), `${one} ${other}`);
});

test('texts that do not look alike have two', () => {
  for (const [one, other] of [
    ['example', 'examples'],
    ['example', 'exam-ple'],
    ['bank', 'dank'],
    ['precision', 'predsion'],
  ] as const)
    assert.notEqual(letterSkeleton(one), letterSkeleton(other), `${one} ${other}`);
});
