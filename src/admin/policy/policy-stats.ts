import { ok } from '#base/result.ts';
import { defaulted } from '#config/key.ts';
import { union } from '#config/kinds/union.ts';
import { layerWindows } from '#policy/layers/layer-shares.ts';
import type { LayerWindow } from '#policy/layers/layer-shares.ts';
import { operation } from '../operation.ts';
import { showColumns } from '../show.ts';
import { failed } from '../trouble-error.ts';

const windows = Object.keys(layerWindows) as [LayerWindow, ...LayerWindow[]];
const barColumns = 24;

export const policyStats = operation({
  name: 'policy stats',
  looksOnly: true,
  meaning:
    'How much of the mail from outside each layer stops, cheapest layer first, and how long each takes.',
  input: {
    since: defaulted(union(windows), '24h', { meaning: 'How far back.', requirements: ['I-60'] }),
  },
  async run(world, input) {
    const nowMs = world.clock.now();
    const flushed = await world.layers.flush(nowMs);
    if (!flushed.ok) return failed(flushed.error, { where: 'counters' });
    const read = await world.layers.read(input.since, nowMs);
    if (!read.ok) return failed(read.error, { where: 'counters' });
    const total = read.value[0] === undefined ? 0 : seen(read.value[0]);
    const items = read.value.map(({ medianUs, ...row }) => ({
      ...row,
      stoppedPercent: percent(row.stopped, total),
      medianUs: medianUs ?? null,
    }));
    return ok({ since: input.since, total, items, next: null });
  },
  render: ({ since, total, items }) => [
    `Mail from outside in the last ${since}: ${total} messages, attempts, and connections turned away.`,
    '',
    ...showColumns([
      ['LAYER', 'SEEN', 'STOPPED', 'OF ALL', '', 'JUNK', 'MEDIAN'],
      ...items.map((row) => [
        row.layer,
        String(seen(row)),
        String(row.stopped),
        `${row.stoppedPercent} %`,
        bar(row.stoppedPercent),
        String(row.junked),
        row.medianUs === null ? '-' : `${(row.medianUs / 1000).toFixed(2)} ms`,
      ]),
    ]),
  ],
});

function seen(row: { readonly passed: number; readonly stopped: number; readonly junked: number }): number {
  return row.passed + row.stopped + row.junked;
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((part / whole) * 1000) / 10;
}

/** What stops something shows at least a sliver. */
function bar(share: number): string {
  const filled = share === 0 ? 0 : Math.max(1, Math.round((share / 100) * barColumns));
  return '█'.repeat(filled).padEnd(barColumns, '·');
}
