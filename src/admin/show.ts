/** RFC 3339 UTC (CONTRACTS §1). */
export function showTime(ms: number): string {
  return new Date(ms).toISOString();
}

const sizeUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** `1.5 MiB`, for people. */
export function showSize(bytes: number): string {
  const power = Math.min(sizeUnits.length - 1, bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10));
  const amount = bytes / 1024 ** power;
  return `${power === 0 || amount >= 100 ? Math.round(amount) : amount.toFixed(1)} ${sizeUnits[power]}`;
}

const timeUnits = [
  { name: 'd', ms: 86_400_000 },
  { name: 'h', ms: 3_600_000 },
  { name: 'min', ms: 60_000 },
  { name: 's', ms: 1000 },
];

/** `3 h`, for people. */
export function showDuration(ms: number): string {
  const unit = timeUnits.find((row) => Math.abs(ms) >= row.ms);
  return unit === undefined ? `${Math.round(ms)} ms` : `${Math.round(ms / unit.ms)} ${unit.name}`;
}

/** Columns of equal width, two spaces between. */
export function showColumns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths: number[] = [];
  for (const row of rows)
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length);
  return rows.map((row) =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
