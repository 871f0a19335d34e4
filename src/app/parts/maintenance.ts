import type { SqliteStore } from '#backends/sqlite/sqlite-store.ts';
import type { Result } from '#base/result.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import type { TraceClass } from '#trace/trace-class.ts';
import { expireHeld } from '#delivery/queue/expire-held.ts';
import type { HeldParts } from '#delivery/queue/expire-held.ts';
import { traceKeptMax, traceSettings } from '#trace/trace-settings.ts';
import type { AccountKeys } from '../keys/account-keys.ts';
import type { LiveSettings } from '../live-settings.ts';
import type { World } from './world.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** S-12: after the wall clock jumped, nothing is deleted by age for a day. */
const waitAfterJumpMs = dayMs;
const jumpMsMin = hourMs;

type Maintained = Pick<SqliteStore, 'sweepBodies' | 'pruneCounters'> & {
  readonly queue: HeldParts['queue'];
  readonly traces: Pick<SqliteStore['traces'], 'expire' | 'delivered'>;
};

interface MaintenanceParts {
  readonly world: World;
  readonly settings: Pick<LiveSettings, 'value'>;
  readonly accountKeys: Pick<AccountKeys, 'resume' | 'forgetReplaced'>;
}

interface Chore {
  /** Said when it fails. */
  readonly undone: string;
  readonly everyMs: number;
  readonly atStart: boolean;
  run(): Promise<Result<number, Trouble>>;
  /** How many it was, where that is told. */
  told?(count: number): void;
}

/** Deletes what is older than it may be kept (S-11), and what a crash left that nobody names, until the signal. */
export async function maintain(
  store: Maintained,
  { world, settings, accountKeys }: MaintenanceParts,
  signal: AbortSignal,
): Promise<void> {
  const { clock, events } = world;
  const chores: readonly Chore[] = [
    {
      undone: 'traces were not expired',
      everyMs: hourMs,
      atStart: false,
      run: () => store.traces.expire(keptFrom(clock.now(), settings), traceKeptMax),
      told: (traces) => events.emit({ name: 'traces-expired', traces }),
    },
    {
      undone: 'held mail was not expired',
      everyMs: hourMs,
      atStart: false,
      run: () => expireHeld({ queue: store.queue, traces: store.traces, clock, events }),
    },
    {
      undone: 'account keys were not rotated',
      everyMs: hourMs,
      atStart: true,
      run: () => accountKeys.resume(),
    },
    {
      undone: 'replaced account keys were not destroyed',
      everyMs: dayMs,
      atStart: false,
      run: () => accountKeys.forgetReplaced(replacedKeysKeptMs(settings)),
    },
    {
      undone: 'counters were not pruned',
      everyMs: hourMs,
      atStart: false,
      run: () => store.pruneCounters(),
    },
    { undone: 'bodies were not swept', everyMs: dayMs, atStart: true, run: () => store.sweepBodies() },
  ];
  const mayDelete = jumpWatch(world);
  const startedMs = clock.monotonic();
  const dueMs = new Map(chores.map((chore) => [chore, startedMs + (chore.atStart ? 0 : chore.everyMs)]));
  while (!signal.aborted) {
    const allowed = mayDelete();
    for (const chore of chores) {
      if (!allowed || (dueMs.get(chore) ?? 0) > clock.monotonic()) continue;
      dueMs.set(chore, clock.monotonic() + chore.everyMs);
      const done = await chore.run();
      if (done.ok) {
        if (done.value > 0) chore.told?.(done.value);
        continue;
      }
      const { code } = done.error;
      events.emit({ name: 'store-trouble', code, what: chore.undone, detail: code });
    }
    await clock.sleep(hourMs, signal);
  }
}

/** An account's traces are sealed under its key, and gone by then. */
function replacedKeysKeptMs(settings: Pick<LiveSettings, 'value'>): number {
  return Math.max(...Object.values(traceSettings).map((row) => settings.value(row))) + dayMs;
}

/** S-11: each class by its own setting. */
function keptFrom(
  nowMs: number,
  settings: Pick<LiveSettings, 'value'>,
): Readonly<Record<TraceClass, number>> {
  return {
    delivered: nowMs - settings.value(traceSettings.delivered),
    refused: nowMs - settings.value(traceSettings.refused),
    security: nowMs - settings.value(traceSettings.security),
  };
}

function jumpWatch({ clock }: World): () => boolean {
  const offset = (): number => clock.now() - clock.monotonic();
  let lastOffset = offset();
  let quietUntilMs = 0;
  return () => {
    if (Math.abs(offset() - lastOffset) > jumpMsMin) quietUntilMs = clock.monotonic() + waitAfterJumpMs;
    lastOffset = offset();
    return clock.monotonic() >= quietUntilMs;
  };
}
