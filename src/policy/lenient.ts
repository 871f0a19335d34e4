import type { JudgedCheck } from './judge-check.ts';

/**
 * Who got here in spite of a refusal writes to a reserved name (S-03), or to those who were named before it: it still
 * counts against the message, and is not said twice.
 */
export function lenient(one: JudgedCheck): JudgedCheck {
  return one.action === 'refuse' || one.action === 'defer' ? { ...one, action: 'score' } : one;
}
