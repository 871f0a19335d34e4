import { errorTable } from '#admin/errors.ts';
import type { About, FileTable, Key, Keys } from '#config/key.ts';
import { fileTables } from '#config/file-tables.ts';
import { settings } from './settings.ts';

const generated = '<!-- Generated from the tables in the source. Do not edit. -->';

/** `docs/reference/settings.md`: every key of the file and every setting of the store. */
export function settingsReference(): string {
  const tables = Object.values(fileTables) as readonly FileTable<Keys>[];
  return [
    '# Settings',
    '',
    generated,
    '',
    'What must be known before the store opens stands in one TOML file; everything else is a setting in the store and changes without a restart (`postern settings list|get|set`).',
    '',
    '## The configuration file',
    '',
    'Commands look for it under `--config`, else `POSTERN_CONFIG`, else `./data/postern.toml`, else `/etc/postern/postern.toml`. Relative paths are seen from the file. `postern check-config` names everything that is wrong with it, with line and column.',
    '',
    ...tables.flatMap(tableSection),
    '## Settings of the store',
    '',
    '| setting | is | default | meaning |',
    '|---|---|---|---|',
    ...settings.map((row) =>
      cells([`\`${row.name}\``, row.kind.description, shown(row.kind.write(row.defaultValue)), meaning(row)]),
    ),
    '',
  ].join('\n');
}

function tableSection(table: FileTable<Keys>): readonly string[] {
  const head = table.repeated ? `[[${table.name}]]` : `[${table.name}]`;
  const presence = table.presence === 'required' ? 'Must be there' : 'May be left out';
  return [
    `### \`${head}\``,
    '',
    `${table.meaning} ${presence}${table.repeated ? '; may be repeated' : ''}.`,
    '',
    '| key | is | default | meaning |',
    '|---|---|---|---|',
    ...Object.entries(table.keys).map(([name, key]) =>
      cells([`\`${name}\``, key.kind.description, defaultOf(key), meaning(key)]),
    ),
    '',
  ];
}

function defaultOf(key: Key<unknown>): string {
  if (key.presence === 'required') return '**required**';
  return key.presence === 'optional' ? '' : shown(key.defaultShown);
}

function shown(value: unknown): string {
  return value === '' ? '' : `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

function meaning({ meaning, requirements = [] }: About): string {
  return requirements.length === 0 ? meaning : `${meaning} (${requirements.join(', ')})`;
}

/** `docs/reference/errors.md`: every code a command can fail with. */
export function errorsReference(): string {
  return [
    '# Errors',
    '',
    generated,
    '',
    'A command that fails says why on standard error; with `--json` as `{"error": {"code", "message", "where", "fix"}}`. Exit codes: 0 done, 1 failed, 2 wrong usage, 3 configuration wrong, 4 not found, 5 exists already or conflicts, 6 not confirmed, 75 try again, 141 nobody reads the output any more.',
    '',
    '| code | exit | what it means | what to do |',
    '|---|---|---|---|',
    ...Object.entries(errorTable).map(([code, row]) =>
      cells([`\`${code}\``, String(row.exitCode), row.meaning, row.fix]),
    ),
    '',
  ].join('\n');
}

function cells(texts: readonly string[]): string {
  return `| ${texts.map((text) => text.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
}
