import assert from 'node:assert/strict';
import { test } from 'node:test';
import { paintJudgement } from './paint-judgement.ts';
import { wantsColours } from './terminal.ts';

test('marks, headings and the verdict are coloured, and the words stay', () => {
  for (const line of [
    'REFUSED This',
    'INBOX   This',
    'What was found',
    '  !!  spf',
    '  ok  spf',
    '  ??  spf',
  ]) {
    const painted = paintJudgement(line);
    assert.ok(painted.startsWith('\u001b['), line);
    // oxlint-disable-next-line no-control-regex
    assert.equal(painted.replaceAll(/\u001b\[\d+m/g, ''), line);
  }
  assert.equal(paintJudgement('  Why     it REFUSED  ok'), '  Why     it REFUSED  ok');
});

test('who wants no colours gets none', () => {
  assert.equal(wantsColours({}), true);
  assert.equal(wantsColours({ NO_COLOR: '1' }), false);
  assert.equal(wantsColours({ TERM: 'dumb' }), false);
});
