import { ok } from '#base/result.ts';
import { required } from '#config/key.ts';
import { string } from '#config/kinds/string.ts';
import { operation } from '../operation.ts';
import { findCheck, storedPolicy } from './policy-world.ts';
import type { ShownCheck } from './show-check.ts';
import { actionWords, showCheck } from './show-check.ts';

export const policyShow = operation({
  name: 'policy show',
  looksOnly: true,
  meaning: 'One check: what it looks for, on what it rests, and how it is set.',
  input: { check: required(string(), { meaning: 'Its name, as "policy list" has it.' }) },
  async run(world, input) {
    const row = findCheck(input.check);
    if (!row.ok) return row;
    const values = await storedPolicy(world);
    return values.ok ? ok(showCheck(row.value, values.value)) : values;
  },
  render: renderCheck,
});

export function renderCheck(row: ShownCheck): readonly string[] {
  const changed = (now: unknown, standard: unknown): string =>
    now === standard ? '' : ` (default: ${String(standard)})`;
  return [
    `${row.name}  at ${row.stage}`,
    `  what      ${row.meaning}`,
    `  action    ${row.action}: what is not so ${actionWords[row.action]}${changed(row.action, row.defaultAction)}`,
    `  points    ${row.weight}${changed(row.weight, row.defaultWeight)}`,
    `  except    ${row.except.length === 0 ? 'nobody' : row.except.join(', ')}`,
    `  looks at  ${row.facts.join(', ')}`,
    `  source    ${row.source}; ${row.requirements.join(', ')}`,
  ];
}
