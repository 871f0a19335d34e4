/** A sliding sum in slices of a sixteenth of its window: bounded in size, at most one slice late to forget. */
export interface SlidingWindow {
  readonly windowMs: number;
  /** Slice number and amount, oldest first; at most 17. */
  readonly slices: readonly (readonly [slice: number, amount: number])[];
}

const slicesPerWindow = 16;

/** Adds and forgets what is older than the window. Amounts of another window length are counted anew. */
export function addToWindow(
  window: SlidingWindow | undefined,
  { amount, windowMs, nowMs }: { readonly amount: number; readonly windowMs: number; readonly nowMs: number },
): SlidingWindow {
  const slice = sliceAt(windowMs, nowMs);
  const kept = window?.windowMs === windowMs ? liveSlices(window, nowMs) : [];
  const last = kept.at(-1);
  if (amount === 0) return { windowMs, slices: kept };
  // The clock may have gone back: what was counted last stays last.
  if (last !== undefined && last[0] >= slice) {
    return { windowMs, slices: [...kept.slice(0, -1), [last[0], last[1] + amount]] };
  }
  return { windowMs, slices: [...kept, [slice, amount]] };
}

export function sumOfWindow(window: SlidingWindow | undefined, nowMs: number): number {
  if (window === undefined) return 0;
  const now = sliceAt(window.windowMs, nowMs);
  let sum = 0;
  for (const [slice, amount] of window.slices) if (isLive(slice, now)) sum += amount;
  return sum;
}

/** When nothing of it counts any more, in milliseconds since 1970. */
export function windowEndMs(window: SlidingWindow): number {
  const last = window.slices.at(-1)?.[0] ?? 0;
  return ((last + 1 + slicesPerWindow) * window.windowMs) / slicesPerWindow;
}

function liveSlices(window: SlidingWindow, nowMs: number): SlidingWindow['slices'] {
  const now = sliceAt(window.windowMs, nowMs);
  return window.slices.filter(([slice]) => isLive(slice, now));
}

/** A clock that was far ahead and was set right must not have what it counted count until then. */
function isLive(slice: number, now: number): boolean {
  return slice > now - slicesPerWindow && slice <= now + slicesPerWindow;
}

function sliceAt(windowMs: number, nowMs: number): number {
  return Math.floor((nowMs * slicesPerWindow) / windowMs);
}
