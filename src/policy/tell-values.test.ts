import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checks } from './checks.ts';
import type { PolicyVerdict } from './combine-findings.ts';
import { tellValues } from './tell-values.ts';

const start = { client: '203.0.113.5', helo: 'mail.example.org' };
const verdict = (by: string, action: PolicyVerdict['action'] = 'refuse'): PolicyVerdict => ({
  action,
  by,
  score: 7,
  reason: 'inside',
  reply: { detail: '7.1', text: 'words' },
});

test('P-17: every envelope check names itself, the address and the HELO name; no other does', () => {
  for (const check of checks)
    for (const action of ['refuse', 'defer', 'greylist'] as const) {
      const { text } = tellValues(verdict(check.name, action), start).reply;
      const told = `words (${check.name}: client 203.0.113.5, EHLO mail.example.org)`;
      assert.equal(text, check.class === 'envelope' ? told : 'words', check.name);
    }
  assert.equal(tellValues(verdict('score'), start).reply.text, 'words');
  assert.equal(tellValues(verdict('iprev', 'junk'), start).reply.text, 'words');
});

test('P-17: a HELO name cannot say more than a name, and a proxy is not told of', () => {
  const text = tellValues(verdict('helo-syntax'), { ...start, helo: `a\r\n250 ok${'x'.repeat(999)}` }).reply
    .text;
  assert.doesNotMatch(text, /[\r\n]/);
  assert.ok(text.length < 250);
  assert.equal(tellValues(verdict('iprev'), { ...start, isClientUnknown: true }).reply.text, 'words');
});
