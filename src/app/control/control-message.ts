import type { AdminError } from '#admin/errors.ts';
import type { Progress } from '#admin/progress.ts';

/** What a command says to the running server: one JSON object on one line. */
export interface ControlRequest {
  readonly v: 1;
  readonly operation: string;
  readonly input: unknown;
  readonly mode: 'preview' | 'run';
}

/** What the server answers: any number of `progress`, then one of the others. */
export type ControlReply =
  | { readonly progress: Progress }
  | { readonly output: unknown }
  | { readonly preview: readonly string[] }
  | { readonly error: AdminError };

/** A request names files instead of carrying them, so this is ample. */
export const requestBytesMax = 1024 * 1024;

/** `undefined`: not a request. */
export function parseRequest(line: string): ControlRequest | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { v, operation, input, mode } = value as Partial<Record<keyof ControlRequest, unknown>>;
  if (v !== 1 || typeof operation !== 'string' || (mode !== 'preview' && mode !== 'run')) return undefined;
  return { v, operation, input, mode };
}
