import { unreachable } from '#base/result.ts';
import type { Awaitable } from '#base/result.ts';
import type { Answer, CommandRow, LiteralSink } from './command.ts';
import { findCommand } from './commands.ts';
import { Cursor, SyntaxProblem } from './grammar/cursor.ts';
import type { CommandText } from './grammar/cursor.ts';
import { isAtomCharacter, isTagCharacter } from './grammar/strings.ts';
import type { AnnouncedLiteral } from './receiver.ts';
import { bad } from './response/done.ts';
import type { Done } from './response/done.ts';
import { isSelected } from './world.ts';
import type { AccountWorld, GuestWorld } from './world.ts';

/** A command that may be run here and now, or what is wrong with it. */
export type ReadCommand =
  | {
      readonly kind: 'ready';
      readonly tag: string;
      readonly row: CommandRow;
      readonly run: () => Awaitable<Answer>;
    }
  | { readonly kind: 'problem'; readonly tag: string; readonly done: Done };

/** A literal that a command wants to take as it comes. */
export interface TakenLiteral {
  readonly row: CommandRow;
  readonly open: () => Awaitable<LiteralSink | Done>;
}

/**
 * The one place that catches what the grammar throws: tag, command, state, arguments, in this order
 * (RFC 9051 §2.2.1). A command's action gets the world of its state and no other.
 */
export function readCommand(command: CommandText, world: GuestWorld | AccountWorld): ReadCommand {
  const cursor = new Cursor(command);
  let tag = '*';
  try {
    tag = readTag(cursor);
    const row = readName(cursor);
    const run = bind(row, { cursor, tag, world });
    return typeof run === 'function' ? { kind: 'ready', tag, row, run } : { kind: 'problem', tag, done: run };
  } catch (problem) {
    if (problem instanceof SyntaxProblem) return { kind: 'problem', tag, done: bad(problem.message) };
    throw problem;
  }
}

/** Whose literal is this? Errors are not told here: they show when the command is whole. */
export function readLiteral(
  literal: AnnouncedLiteral,
  world: GuestWorld | AccountWorld,
): { readonly tag: string; readonly taken: TakenLiteral | undefined } {
  const cursor = new Cursor(literal.sofar);
  let tag = '*';
  try {
    tag = readTag(cursor);
    const row = readName(cursor);
    if (row.states !== 'account' || world.kind !== 'account') return { tag, taken: undefined };
    const open = row.takeLiteral?.(cursor, literal);
    return { tag, taken: open === undefined ? undefined : { row, open: () => open(world) } };
  } catch (problem) {
    if (problem instanceof SyntaxProblem) return { tag, taken: undefined };
    throw problem;
  }
}

function readTag(cursor: Cursor): string {
  const tag = cursor.run(isTagCharacter);
  if (tag === '' || cursor.peek() !== ' ') return cursor.fail('a tag, a space and a command');
  cursor.space();
  return tag;
}

function readName(cursor: Cursor): CommandRow {
  let name = cursor.run(isAtomCharacter).toUpperCase();
  if (name === 'UID' && cursor.skip(' ')) name = `UID ${cursor.run(isAtomCharacter).toUpperCase()}`;
  const row = findCommand(name);
  if (row === undefined) throw new SyntaxProblem('There is no such command');
  return row;
}

function bind(
  row: CommandRow,
  at: { readonly cursor: Cursor; readonly tag: string; readonly world: GuestWorld | AccountWorld },
): (() => Awaitable<Answer>) | Done {
  const { cursor, tag, world } = at;
  switch (row.states) {
    case 'any': {
      const action = row.prepare(cursor);
      return () => action(world, tag);
    }
    case 'guest': {
      if (world.kind !== 'guest') return bad('This command is for before the login');
      const action = row.prepare(cursor);
      return () => action(world, tag);
    }
    case 'account': {
      if (world.kind !== 'account') return bad('Log in first');
      const action = row.prepare(cursor);
      return () => action(world, tag);
    }
    case 'selected': {
      if (world.kind !== 'account') return bad('Log in first');
      if (!isSelected(world)) return bad('Select a mailbox first');
      const action = row.prepare(cursor);
      return () => action(world, tag);
    }
    default:
      return unreachable(row);
  }
}
