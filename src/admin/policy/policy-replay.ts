import type { Result } from '#base/result.ts';
import { ok } from '#base/result.ts';
import { defaulted, required } from '#config/key.ts';
import { list } from '#config/kinds/list.ts';
import { integer } from '#config/kinds/integer.ts';
import { string } from '#config/kinds/string.ts';
import type { AnyCheck } from '#policy/check.ts';
import { checks } from '#policy/checks.ts';
import type { PolicyValues } from '#policy/policy-values.ts';
import { replayRecord } from '#policy/replay-record.ts';
import type { TraceRecord } from '#trace/record.ts';
import type { AdminError } from '../errors.ts';
import type { RunContext } from '../operation.ts';
import { operation } from '../operation.ts';
import { counted, showColumns } from '../show.ts';
import { dayMs, sinceKey } from '../since-key.ts';
import { failed } from '../trouble-error.ts';
import type { AdminWorld } from '../world.ts';
import { ownNames, policyOf } from './policy-world.ts';
import { readWishes, settingsWith } from './policy-wishes.ts';

const pageRecords = 256;
/** S-09: records that one replay looks at; the newest. */
const recordsMax = 100_000;
/** S-09: the answer is one object. */
const changesNamedMost = 10_000;

export const policyReplay = operation({
  name: 'policy replay',
  looksOnly: true,
  meaning:
    'Judge recorded mail again under other settings, and list what would have changed. Nothing is changed.',
  input: {
    since: sinceKey({ minMs: 60_000, maxMs: 90 * dayMs, byDefaultMs: 7 * dayMs, requirements: ['N-3'] }),
    limit: defaulted(integer({ min: 1, max: changesNamedMost }), 200, {
      meaning: 'How many changes are named; the others are counted.',
    }),
    with: required(list(string(), { itemsMin: 1, itemsMax: 50 }), {
      meaning: 'The other settings, as in "spf.action=score,junk_score=8".',
    }),
  },
  async run(world, input, context) {
    const stored = await world.store.settings.list();
    if (!stored.ok) return failed(stored.error, { where: 'settings' });
    const wishes = readWishes(input.with);
    if (!wishes.ok) return wishes;
    await world.store.traces.flush();
    const before = policyOf(stored.value);
    const after = policyOf(settingsWith(stored.value, wishes.value));
    const replay = { before, after, sinceMs: world.clock.now() - input.since, limit: input.limit };
    const done = await replayAll(world, replay, context);
    return done.ok ? ok({ ...done.value, neverAsked: neverAsked(before, after) }) : done;
  },
  render: ({ looked, judged, changes, more, counts, whole, neverAsked: unknown }) => [
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
    ...(whole ? [] : [`Those are the newest; there are more than ${recordsMax}, or it was broken off.`]),
    ...unknown.map(
      (name) =>
        `${name} was off: mail that came meanwhile was not asked about, and nothing can be said of it.`,
    ),
  ],
});

function countWords(counts: Readonly<Record<string, number>>): string {
  const rows = Object.entries(counts);
  if (rows.length === 0) return 'nothing would have changed';
  return rows.map(([change, count]) => `${count} × ${change}`).join(', ');
}

interface Replay {
  readonly before: PolicyValues;
  readonly after: PolicyValues;
  readonly sinceMs: number;
  /** Changes that are named. */
  readonly limit: number;
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
  /** All records of that time were looked at. */
  readonly whole: boolean;
}

/** Checks that ask somebody, were off, and are tried: of most mail nobody asked what they read. */
function neverAsked(before: PolicyValues, after: PolicyValues): readonly string[] {
  const isOn = ({ name }: AnyCheck, values: PolicyValues): boolean => values.check(name).action !== 'off';
  return checks
    .filter((row) => !isOn(row, before) && isOn(row, after) && row.class === 'list')
    .map(({ name }) => name);
}

async function replayAll(
  world: AdminWorld,
  replay: Replay,
  { progress, signal }: RunContext,
): Promise<Result<Replayed, AdminError>> {
  const tally = new Tally(replay.limit);
  let cursor: string | undefined;
  do {
    const page = await world.store.traces.list({ sinceMs: replay.sinceMs }, cursor, pageRecords);
    if (!page.ok) return failed(page.error, { where: 'traces' });
    for (const record of page.value.items) tally.add(record, await judgeTwice(world, replay, record));
    progress({ done: tally.looked, total: undefined, what: 'records' });
    cursor = page.value.next;
  } while (cursor !== undefined && tally.looked < recordsMax && !signal.aborted);
  return ok({ ...tally.result(), whole: cursor === undefined });
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
  readonly #limit: number;
  #judged = 0;
  #more = 0;
  readonly #changes: Change[] = [];
  readonly #counts: Record<string, number> = {};

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(record: TraceRecord, [before, after]: readonly [string | undefined, string | undefined]): void {
    this.looked += 1;
    if (before === undefined || after === undefined) return;
    this.#judged += 1;
    if (before === after) return;
    const change = `${before} → ${after}`;
    this.#counts[change] = (this.#counts[change] ?? 0) + 1;
    const { id, at, session, envelope } = record;
    if (this.#changes.length >= this.#limit) this.#more += 1;
    else this.#changes.push({ id, at, client: session.client, from: envelope?.from ?? '', before, after });
  }

  result(): Omit<Replayed, 'whole'> {
    return {
      looked: this.looked,
      judged: this.#judged,
      changes: this.#changes,
      more: this.#more,
      counts: this.#counts,
    };
  }
}
