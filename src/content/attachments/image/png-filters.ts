/** How rows lie side by side. */
export interface RowForm {
  readonly rowBytes: number;
  /** Octets of one pixel, at least 1. */
  readonly pixelBytes: number;
}

/** A row with the octet in front that names its filter. */
export interface FilteredRow {
  readonly filter: number;
  readonly row: Uint8Array;
  /** The row above, its filter undone; as long. */
  readonly above: Uint8Array;
}

/** Undoes the filter of one row (PNG §9) in place. */
export function unfilterRow({ filter, row, above }: FilteredRow, pixelBytes: number): void {
  if (filter < 1 || filter > 4) return;
  for (let at = 0; at < row.length; at += 1) {
    const left = at < pixelBytes ? 0 : (row[at - pixelBytes] ?? 0);
    const up = above[at] ?? 0;
    let guess = filter === 1 ? left : up;
    if (filter === 3) guess = (left + up) >> 1;
    if (filter === 4) guess = paeth(left, up, at < pixelBytes ? 0 : (above[at - pixelBytes] ?? 0));
    row[at] = (row[at] ?? 0) + guess;
  }
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const toLeft = Math.abs(guess - left);
  const toUp = Math.abs(guess - up);
  const toCorner = Math.abs(guess - corner);
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}

/** All rows at once, without the octet in front of each. */
export function unfiltered(octets: Uint8Array, { rowBytes, pixelBytes }: RowForm): Uint8Array {
  const rows = rowBytes === 0 ? 0 : Math.floor(octets.length / (rowBytes + 1));
  const out = new Uint8Array(rows * rowBytes);
  let above: Uint8Array = new Uint8Array(rowBytes);
  for (let index = 0; index < rows; index += 1) {
    const at = index * (rowBytes + 1);
    const row = out.subarray(index * rowBytes, (index + 1) * rowBytes);
    row.set(octets.subarray(at + 1, at + 1 + rowBytes));
    unfilterRow({ filter: octets[at] ?? 0, row, above }, pixelBytes);
    above = row;
  }
  return out;
}
