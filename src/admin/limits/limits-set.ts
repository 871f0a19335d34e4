import type { Result } from '#base/result.ts';
import { err, ok } from '#base/result.ts';
import { required } from '#config/key.ts';
import { list } from '#config/kinds/list.ts';
import { string } from '#config/kinds/string.ts';
import { flowLimitNames } from '#policy/flow/flow-limit.ts';
import type { FlowRow } from '#policy/flow/flow-row.ts';
import { flowRowId, parseFlowRow, spellFlowRow } from '#policy/flow/flow-row.ts';
import { flowSettings } from '#policy/flow/flow-settings.ts';
import type { AdminError } from '../errors.ts';
import { adminError } from '../errors.ts';
import { operation } from '../operation.ts';
import { failed } from '../trouble-error.ts';
import type { AdminWorld } from '../world.ts';

const wordsMax = 20;

export const limitsSet = operation({
  name: 'limits set',
  meaning:
    'Set limits of the server, a service, a listener or a rule, at once and for good; or make a rule that allows, denies or limits.',
  input: {
    scope: required(string(), { meaning: 'server, service:ROLE, listener:NAME or rule:NAME.' }),
    words: required(list(string(), { itemsMin: 1, itemsMax: wordsMax }), {
      meaning: `Limits as NAME=NUMBER (${flowLimitNames.join(', ')}), or NAME=default; for a rule first allow, deny or limit and whom, with on=PLACE and priority=NUMBER. "none" takes all of it away.`,
    }),
  },
  async run(world, input) {
    const { name, kind } = flowSettings.rows;
    const stored = await world.store.settings.get(name);
    if (!stored.ok) return failed(stored.error, { where: name });
    const read = kind.read(stored.value?.value ?? []);
    const rows = read.ok ? (read.value as readonly FlowRow[]) : [];
    const row = wanted(rows, input.scope, input.words);
    if (!row.ok) return row;
    const unknown = unknownListener(world, row.value);
    if (unknown !== undefined)
      return err(adminError('not-found', `there is no listener "${unknown}"`, input.scope));
    const others = rows.filter((one) => flowRowId(one) !== input.scope);
    const next = row.value === undefined ? others : [...others, row.value];
    const whole = kind.read(next.map(spellFlowRow));
    if (!whole.ok) return err(adminError('limit', `flow.rows ${whole.error[0]?.message ?? 'is full'}`, name));
    const set = await world.store.settings.set(name, next.map(spellFlowRow), stored.value?.version ?? 0);
    if (!set.ok) return failed(set.error, { where: name });
    await world.notices.settingChanged(name);
    return ok({ scope: input.scope, row: row.value === undefined ? null : spellFlowRow(row.value) });
  },
  render: ({ scope, row }) => [row === null ? `${scope} is as by default.` : row],
});

/** `undefined`: nothing is left of it. */
function wanted(
  rows: readonly FlowRow[],
  scope: string,
  words: readonly string[],
): Result<FlowRow | undefined, AdminError> {
  if (words.length === 1 && words[0] === 'none') return ok(undefined);
  const named = words.map((word) => word.split('=', 1)[0] ?? '');
  const before = scope.startsWith('rule:') ? [] : wordsOf(rows, scope);
  const kept = before.filter((word) => !named.includes(word.split('=', 1)[0] ?? ''));
  const given = words.filter((word) => !word.endsWith('=default'));
  const all = [...kept, ...given];
  const row = parseFlowRow([scope, ...all].join(' '));
  if (!row.ok) return err(adminError('value-invalid', `${scope} ${row.error}`, scope));
  return ok(all.length === 0 ? undefined : row.value);
}

function wordsOf(rows: readonly FlowRow[], scope: string): readonly string[] {
  const found = rows.find((row) => flowRowId(row) === scope);
  return found === undefined ? [] : spellFlowRow(found).split(' ').slice(1);
}

/** A slip in a listener's name would be a limit that nobody meets. */
function unknownListener(world: AdminWorld, row: FlowRow | undefined): string | undefined {
  const place = row?.kind === 'rule' ? row.on : row?.place;
  if (place?.kind !== 'listener' || world.flow.listeners.includes(place.name)) return undefined;
  return place.name;
}
