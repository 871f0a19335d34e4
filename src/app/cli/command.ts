import type { Command } from 'commander';
import type { AdminError, ExitCode } from '#admin/errors.ts';
import type { Configuration } from '#config/configuration.ts';
import type { AnyOperation } from '#admin/operation.ts';

/** A command that calls one administrative operation: which of its inputs is given how. */
export interface OperationCommand {
  readonly operation: AnyOperation;
  /** Inputs given by place, in order; all others are options. */
  readonly positional?: readonly string[];
  /** The last of `positional` takes all words that are left. */
  readonly variadic?: boolean;
  /** Inputs that are paths, seen from the working directory. */
  readonly paths?: readonly string[];
  /** An input that never stands on the command line. */
  readonly secret?: string;
  /** `store-closed`: it works on the store's files. */
  readonly needs?: 'store' | 'store-closed';
  /** Colours one line of what it says, on a terminal only. */
  readonly paint?: (line: string) => string;
  /** What it can still tell when the store does not open. */
  readonly whenClosed?: (configuration: Configuration, error: AdminError) => Promise<unknown>;
  /** The command succeeds as a call but tells of failure. */
  readonly exitCode?: (output: unknown) => ExitCode;
}

/** A command of its own kind: it starts, looks or makes instead of calling an operation. */
export interface OwnCommand {
  readonly name: string;
  readonly define: (command: Command, finish: (code: ExitCode) => void) => void;
}
