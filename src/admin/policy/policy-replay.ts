import type { Result } from '#base/result.ts';
import { err, ok } from '#base/result.ts';
import { defaulted, required } from '#config/key.ts';
import { duration } from '#config/kinds/duration.ts';
import { list } from '#config/kinds/list.ts';
import { string } from '#config/kinds/string.ts';
import { allPolicySettings } from '#policy/policy-settings.ts';
import type { PolicyValues } from '#policy/policy-values.ts';
import { replayRecord } from '#policy/replay-record.ts';
import type { SettingValue } from '#store/contract/store.ts';
import type { TraceRecord } from '#trace/record.ts';
import type { AdminError } from '../errors.ts';
import { adminError } from '../errors.ts';
import type { RunContext } from '../operation.ts';
import { operation } from '../operation.ts';
import { counted, showColumns } from '../show.ts';
import { failed } from '../trouble-error.ts';
import type { AdminWorld } from '../world.ts';
import { ownNames, policyOf } from './policy-world.ts';

const dayMs = 86_400_000;
const pageRecords = 256;
/** S-09: records that one replay looks at; the newest. */
const recordsMax = 100_000;
/** Changes that are named; the others are counted. */
const changesNamedMax = 200;

export const policyReplay = operation({
  name: 'policy replay',
  looksOnly: true,
  meaning:
    'Judge recorded mail again under other settings, and list what would have changed. Nothing is changed.',
  input: {
    since: defaulted(duration({ minMs: 60_000, maxMs: 90 * dayMs }), 7 * dayMs, {
      meaning: 'How far back.',
      requirements: ['N-3'],
    }),
    with: required(list(string(), { itemsMin: 1, itemsMax: 50 }), {
      meaning: 'The other settings, as in "spf.action=score,junk_score=8".',
    }),
  },
  async run(world, input, context) {
    const stored = await world.store.settings.list();
    if (!stored.ok) return failed(stored.error, { where: 'settings' });
    const changed = changedSettings(stored.value, input.with);
    if (!changed.ok) return changed;
    await world.store.traces.flush();
    const wish = { before: policyOf(stored.value), after: policyOf(changed.value) };
    return await replayAll(world, { ...wish, sinceMs: world.clock.now() - input.since }, context);
  },
  render: ({ looked, judged, changes, more, counts }) => [
    ...showColumns(
      changes.map(({ id, at, client, from, before, after }) => [
        id,
        at.slice(0, 19),
        client,
        `<${from}>`,
        `${before} → ${after}`,
      ]),
    ),
    ...(more === 0 ? [] : [`… and ${more} more`]),
    ...(changes.length === 0 ? [] : ['']),
    `${counted(looked, 'record')} looked at, ${judged} judged again: ${countWords(counts)}.`,
  ],
});

function countWords(counts: Readonly<Record<string, number>>): string {
  const rows = Object.entries(counts);
  if (rows.length === 0) return 'nothing would have changed';
  return rows.map(([change, count]) => `${count} × ${change}`).join(', ');
}

/** The stored settings with those that are tried in their place. */
function changedSettings(
  stored: ReadonlyMap<string, SettingValue>,
  wishes: readonly string[],
): Result<ReadonlyMap<string, SettingValue>, AdminError> {
  const changed = new Map(stored);
  for (const wish of wishes) {
    const at = wish.indexOf('=');
    const name = `policy.${wish
      .slice(0, Math.max(0, at))
      .trim()
      .replace(/^policy\./, '')
      .replaceAll('-', '_')}`;
    const row = allPolicySettings.find((one) => one.name === name);
    if (at < 0 || row === undefined)
      return err(adminError('setting-not-found', `"${wish}" is no setting of policy with a value`, wish));
    const read = row.kind.read(row.kind.fromText(wish.slice(at + 1)));
    if (!read.ok)
      return err(adminError('value-invalid', `${name} ${read.error[0]?.message ?? 'is wrong'}`, wish));
    changed.set(name, { value: row.kind.write(read.value), version: 0 });
  }
  return ok(changed);
}

interface Replay {
  readonly before: PolicyValues;
  readonly after: PolicyValues;
  readonly sinceMs: number;
}

interface Change {
  readonly id: string;
  readonly at: string;
  readonly client: string;
  readonly from: string;
  readonly before: string;
  readonly after: string;
}

interface Replayed {
  readonly looked: number;
  readonly judged: number;
  readonly changes: readonly Change[];
  /** Changes beyond those that are named. */
  readonly more: number;
  readonly counts: Readonly<Record<string, number>>;
}

async function replayAll(
  world: AdminWorld,
  replay: Replay,
  { progress, signal }: RunContext,
): Promise<Result<Replayed, AdminError>> {
  const tally = new Tally();
  let cursor: string | undefined;
  do {
    const page = await world.store.traces.list({ sinceMs: replay.sinceMs }, cursor, pageRecords);
    if (!page.ok) return failed(page.error, { where: 'traces' });
    for (const record of page.value.items) tally.add(record, await judgeTwice(world, replay, record));
    progress({ done: tally.looked, total: undefined, what: 'records' });
    cursor = page.value.next;
  } while (cursor !== undefined && tally.looked < recordsMax && !signal.aborted);
  return ok(tally.result());
}

async function judgeTwice(
  world: AdminWorld,
  { before, after }: Replay,
  record: TraceRecord,
): Promise<readonly [string | undefined, string | undefined]> {
  const own = ownNames(world);
  return [
    await replayRecord(record, { values: before, own }),
    await replayRecord(record, { values: after, own }),
  ];
}

class Tally {
  looked = 0;
  #judged = 0;
  #more = 0;
  readonly #changes: Change[] = [];
  readonly #counts: Record<string, number> = {};

  add(record: TraceRecord, [before, after]: readonly [string | undefined, string | undefined]): void {
    this.looked += 1;
    if (before === undefined || after === undefined) return;
    this.#judged += 1;
    if (before === after) return;
    const change = `${before} → ${after}`;
    this.#counts[change] = (this.#counts[change] ?? 0) + 1;
    const { id, at, session, envelope } = record;
    if (this.#changes.length >= changesNamedMax) this.#more += 1;
    else this.#changes.push({ id, at, client: session.client, from: envelope?.from ?? '', before, after });
  }

  result(): Replayed {
    return {
      looked: this.looked,
      judged: this.#judged,
      changes: this.#changes,
      more: this.#more,
      counts: this.#counts,
    };
  }
}
