import type { Trial } from '#policy/trials/trial.ts';
import { showColumns, showTime } from '../show.ts';

/** A trial as it is told. */
export function showTrial({ sinceMs, untilMs, tally, everyMs, why, ...trial }: Trial) {
  return {
    ...trial,
    since: showTime(sinceMs),
    until: showTime(untilMs),
    everyMs,
    why: why ?? null,
    ...tally,
    seen: tally.seen.map(({ trace, atMs, change }) => ({
      trace: trace as string,
      at: showTime(atMs),
      change,
    })),
  };
}

export type ShownTrial = ReturnType<typeof showTrial>;

export function stateWords({ state, share, why, until }: ShownTrial): string {
  switch (state) {
    case 'shadow':
      return `shadow until ${until.slice(0, 16)}`;
    case 'stage':
      return `holds for ${share} % of mail until ${until.slice(0, 16)}`;
    default:
      return `${state}${why === null ? '' : `: ${why}`}`;
  }
}

export function changeWords({ changes }: ShownTrial): string {
  return Object.entries(changes)
    .map(([name, value]) => `${name.replace(/^policy\./, '')}=${String(value)}`)
    .join(', ');
}

export function differenceWords({ differences }: ShownTrial): string {
  const rows = Object.entries(differences);
  return rows.length === 0
    ? 'no difference yet'
    : rows.map(([what, count]) => `${count} × ${what}`).join(', ');
}

export function renderTrial(trial: ShownTrial): readonly string[] {
  const { id, judged, staged, unasked, keptOut, allowedKeptOut, keptOutPercentMax, seen, state, complaints } =
    trial;
  return [
    `trial ${id}: ${changeWords(trial)}`,
    `  state      ${stateWords(trial)}`,
    `  judged     ${judged} messages since ${trial.since.slice(0, 16)}: ${differenceWords(trial)}`,
    ...(staged === 0 && state !== 'stage'
      ? []
      : [
          `  held for   ${staged} of them; kept out ${keptOut} that would have been delivered (${allowedKeptOut} of the allow list, ${complaints.length} missed by readers); taken back beyond ${keptOutPercentMax} %`,
        ]),
    ...(unasked === 0 ? [] : [`  not asked  of ${unasked} nothing can be said by a check that was off`]),
    ...showColumns(seen.toReversed().map(({ trace, at, change }) => [`  ${trace}`, at.slice(0, 19), change])),
  ];
}
