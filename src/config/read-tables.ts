import { TomlError, parse } from 'smol-toml';
import type { Result } from '#base/result.ts';
import { err, ok } from '#base/result.ts';
import type { ConfigurationProblem } from './configuration-problem.ts';
import type { TableName, TableValues } from './file-tables.ts';
import { fileTables } from './file-tables.ts';
import type { FileTable, Key, Keys } from './key.ts';
import { nearest } from './nearest.ts';
import type { Path, Place } from './toml-places.ts';
import { spellPath, tomlPlaces } from './toml-places.ts';

/** A fault at a path of the file, before it is known where that stands. */
export interface PathProblem {
  readonly path: Path;
  readonly message: string;
}

/** All tables of the file with defaults filled in; a table that is not repeated and absent is `undefined`. */
export type FileValues = {
  readonly [N in TableName]: FileTablesShape<N>;
};
type FileTablesShape<N extends TableName> = (typeof fileTables)[N]['repeated'] extends true
  ? readonly TableValues<N>[]
  : TableValues<N> | undefined;

/** What a file says, and the means to say where: values are there even when some are wrong, as far as they could be read. */
export interface TablesRead {
  readonly values: FileValues;
  readonly problems: readonly PathProblem[];
}

/** Reads TOML text into tables; `err` only when the text is no TOML, for then there is nothing more to judge. */
export function readTables(text: string, file: string): Result<TablesRead, ConfigurationProblem> {
  const parsed = parseToml(text, file);
  if (!parsed.ok) return parsed;
  const problems: PathProblem[] = unknownNames([], Object.keys(parsed.value), Object.keys(fileTables));
  const values: Record<string, unknown> = {};
  for (const table of Object.values(fileTables) as readonly FileTable<Keys>[])
    values[table.name] = readTable(table, parsed.value[table.name], problems);
  return ok({ values: values as unknown as FileValues, problems });
}

function parseToml(
  text: string,
  file: string,
): Result<Readonly<Record<string, unknown>>, ConfigurationProblem> {
  try {
    return ok(parse(text, { unsafeKeyBehaviour: 'throw', maxDepth: 16 }));
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const message = error.message.split('\n', 1)[0] ?? 'is no TOML';
    return err({ file, line: error.line, column: error.column, place: '', message });
  }
}

function readTable(table: FileTable<Keys>, value: unknown, problems: PathProblem[]): unknown {
  if (value === undefined) {
    if (table.presence === 'required')
      problems.push({ path: [table.name], message: `is missing: ${spellTable(table)} must be there` });
    return table.repeated
      ? []
      : table.presence === 'required'
        ? undefined
        : readKeys(table, {}, [table.name], undefined);
  }
  if (!table.repeated) {
    if (isTable(value)) return readKeys(table, value, [table.name], problems);
    problems.push({ path: [table.name], message: `must be a table, written ${spellTable(table)}` });
    return undefined;
  }
  if (Array.isArray(value) && value.every(isTable))
    return value
      .map((one, index) => readKeys(table, one, [table.name, index], problems))
      .filter((row) => row !== undefined);
  problems.push({ path: [table.name], message: `must be written with two brackets: ${spellTable(table)}` });
  return [];
}

/** `undefined` when a required key is missing or wrong. With `problems` undefined nobody is told. */
function readKeys(
  table: FileTable<Keys>,
  value: Readonly<Record<string, unknown>>,
  path: Path,
  problems: PathProblem[] | undefined,
): unknown {
  problems?.push(...unknownNames(path, Object.keys(value), Object.keys(table.keys)));
  const read: Record<string, unknown> = {};
  let whole = true;
  for (const [name, key] of Object.entries(table.keys)) {
    const found = readKey(key, value[name]);
    if (found.ok) read[name] = found.value;
    else {
      whole = false;
      problems?.push(
        ...found.error.map((one) => ({ path: [...path, name, ...one.path], message: one.message })),
      );
    }
  }
  return whole ? read : undefined;
}

function readKey(key: Key<unknown>, value: unknown): Result<unknown, readonly PathProblem[]> {
  if (value === undefined)
    return key.presence === 'required'
      ? err([{ path: [], message: `is missing: it must be ${key.kind.description}` }])
      : ok(key.defaultValue);
  const read = key.kind.read(value);
  return read.ok ? read : err(read.error.map((one) => ({ path: one.at, message: one.message })));
}

function unknownNames(path: Path, names: readonly string[], known: readonly string[]): PathProblem[] {
  return names
    .filter((name) => !known.includes(name))
    .map((name) => {
      const near = nearest(name, known);
      const hint = near === undefined ? `; known here: ${known.join(', ')}` : `; did you mean "${near}"?`;
      return { path: [...path, name], message: `is not known${hint}` };
    });
}

function spellTable(table: FileTable<Keys>): string {
  return table.repeated ? `[[${table.name}]]` : `[${table.name}]`;
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** Says where faults stand: at their own key, or at the nearest one above that is written down. */
export function locate(
  text: string,
  file: string,
  problems: readonly PathProblem[],
): readonly ConfigurationProblem[] {
  const places = tomlPlaces(text);
  return problems
    .map((problem) => {
      const place = nearestPlace(places, problem.path);
      const asCounted = problem.path.map((step) => (typeof step === 'number' ? step + 1 : step));
      return {
        file,
        line: place?.line,
        column: place?.column,
        place: spellPath(asCounted),
        message: problem.message,
      };
    })
    .sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
}

function nearestPlace(places: ReadonlyMap<string, Place>, path: Path): Place | undefined {
  for (let length = path.length; length > 0; length -= 1) {
    const place = places.get(spellPath(path.slice(0, length)));
    if (place !== undefined) return place;
  }
  return undefined;
}
