import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { splitHeader } from '#mail/header.ts';
import { readAuthorDomain } from './author-domain.ts';
import type { AuthorProblem } from './author-domain.ts';

const suites = process.env['POSTERN_SUITES'];

/** How many messages of a folder would be refused, by problem. */
function refusedIn(folder: string): Partial<Record<AuthorProblem | 'messages', number>> {
  const counts: Partial<Record<AuthorProblem | 'messages', number>> = {};
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.eml')) continue;
    const bytes = readFileSync(join(folder, name));
    // An mbox line is no part of the message.
    const message = bytes.subarray(bytes.toString('latin1', 0, 5) === 'From ' ? bytes.indexOf(10) + 1 : 0);
    const author = readAuthorDomain(splitHeader(message));
    counts.messages = (counts.messages ?? 0) + 1;
    if (author.kind === 'unfit') counts[author.problem] = (counts[author.problem] ?? 0) + 1;
  }
  return counts;
}

test('no honest message is refused for its author; some phishing is (I-45)', (t) => {
  if (suites === undefined) {
    t.skip('POSTERN_SUITES is not set');
    return;
  }
  assert.deepEqual(refusedIn(join(suites, 'mail/ham-2002')), { messages: 2498 });
  assert.deepEqual(refusedIn(join(suites, 'mail/phishing-2023')), {
    messages: 300,
    ambiguous: 20,
    'no-author': 8,
  });
});
