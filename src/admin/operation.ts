import type { Result } from '#base/result.ts';
import { err, ok } from '#base/result.ts';
import type { Keys, ValuesOf } from '#config/key.ts';
import { nearest } from '#config/nearest.ts';
import type { AdminError } from './errors.ts';
import { adminError } from './errors.ts';
import type { Progress } from './progress.ts';
import type { AdminWorld } from './world.ts';

export interface RunContext {
  readonly progress: (progress: Progress) => void;
  readonly signal: AbortSignal;
}

/**
 * What an administrator can do: one file, one command, one call of the control socket. The output is plain JSON;
 * `render` puts it into words for a person, so that both faces always tell the same.
 */
export interface Operation<K extends Keys, O> {
  /** As typed: `domain add`. */
  readonly name: string;
  readonly meaning: string;
  readonly input: K;
  /** It only looks: nothing to put on record. */
  readonly looksOnly?: true;
  /** For what cannot be undone: what would happen, in words; asked before, shown by `--dry-run`. */
  readonly preview?: (
    world: AdminWorld,
    input: ValuesOf<K>,
  ) => Promise<Result<readonly string[], AdminError>>;
  /** Its preview is for `--dry-run` only: nobody has to agree first. */
  readonly harmless?: true;
  run(world: AdminWorld, input: ValuesOf<K>, context: RunContext): Promise<Result<O, AdminError>>;
  render(output: O): readonly string[];
}

/** An operation whose input has been checked on the way in: what tables and sockets hold. */
export interface AnyOperation {
  readonly name: string;
  readonly meaning: string;
  readonly input: Keys;
  /** Asks before it runs. */
  readonly dangerous: boolean;
  /** Can say what it would do. */
  readonly foretells: boolean;
  readonly looksOnly: boolean;
  preview(world: AdminWorld, input: unknown): Promise<Result<readonly string[], AdminError>>;
  run(world: AdminWorld, input: unknown, context: RunContext): Promise<Result<unknown, AdminError>>;
  render(output: unknown): readonly string[];
}

export function operation<K extends Keys, O>(rules: Operation<K, O>): AnyOperation {
  return {
    name: rules.name,
    meaning: rules.meaning,
    input: rules.input,
    dangerous: rules.preview !== undefined && rules.harmless !== true,
    foretells: rules.preview !== undefined,
    looksOnly: rules.looksOnly === true,
    async preview(world, raw) {
      const input = readInput(rules.input, raw);
      if (!input.ok) return input;
      return rules.preview === undefined ? ok([]) : await rules.preview(world, input.value);
    },
    async run(world, raw, context) {
      const input = readInput(rules.input, raw);
      return input.ok ? await rules.run(world, input.value, context) : input;
    },
    // What comes back over the socket is what `run` gave: the same program made both.
    render: (output) => rules.render(output as O),
  };
}

function readInput<K extends Keys>(keys: K, raw: unknown): Result<ValuesOf<K>, AdminError> {
  const given = typeof raw === 'object' && raw !== null ? (raw as Readonly<Record<string, unknown>>) : {};
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(keys, name));
  if (unknown !== undefined) {
    const near = nearest(unknown, Object.keys(keys));
    return err(
      adminError(
        'usage',
        `"${unknown}" is not known${near === undefined ? '' : `; did you mean "${near}"?`}`,
        unknown,
      ),
    );
  }
  const values: Record<string, unknown> = {};
  for (const [name, key] of Object.entries(keys)) {
    if (given[name] === undefined) {
      if (key.presence === 'required') return err(adminError('usage', `${name} is missing`, name));
      values[name] = key.defaultValue;
      continue;
    }
    const read = key.kind.read(given[name]);
    if (!read.ok)
      return err(adminError('value-invalid', `${name} ${read.error[0]?.message ?? 'is wrong'}`, name));
    values[name] = read.value;
  }
  return ok(values as ValuesOf<K>);
}
