import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';

/** One scenario measured for this server and a peer, in turn, several times. `rates`: operations per second. */
export interface Figure {
  readonly scenario: string;
  readonly ours: readonly number[];
  readonly peer: readonly number[];
  readonly peerName: string;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** How many times faster than the peer, by medians. */
export function ratio(figure: Figure): number {
  return median(figure.ours) / median(figure.peer);
}

export function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

export function printFigure(figure: Figure): void {
  const cells = [
    figure.scenario.padEnd(44),
    `postern ${median(figure.ours).toFixed(1).padStart(9)}/s`,
    `${figure.peerName} ${median(figure.peer).toFixed(1).padStart(9)}/s`,
    `ratio ${ratio(figure).toFixed(2)}`,
  ];
  console.log(cells.join('   '));
}

const historyFile = join(import.meta.dirname, 'history.tsv');
const columns = ['date', 'scenario', 'rounds', 'postern_per_s', 'peer', 'peer_per_s', 'ratio', 'cores'];

/** Adds a line for people who ask later when something became slow. */
export function remember(figure: Figure): void {
  if (!existsSync(historyFile) || readFileSync(historyFile, 'utf8') === '')
    writeFileSync(historyFile, `${columns.join('\t')}\n`);
  const row = [
    new Date().toISOString().slice(0, 10),
    figure.scenario,
    String(figure.ours.length),
    median(figure.ours).toFixed(1),
    figure.peerName,
    median(figure.peer).toFixed(1),
    ratio(figure).toFixed(2),
    String(cpus().length),
  ];
  appendFileSync(historyFile, `${row.join('\t')}\n`);
}
