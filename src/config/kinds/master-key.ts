import { err, ok, unreachable } from '#base/result.ts';
import type { Kind } from '../kind.ts';
import { problem, shown } from '../kind.ts';

/** Where the master key comes from (STORAGE §4): a file, a systemd credential, a command run without a shell. */
export type MasterKeySource =
  | { readonly from: 'file'; readonly path: string }
  | { readonly from: 'credential'; readonly name: string }
  | { readonly from: 'command'; readonly words: readonly string[] };

const description = '"file:PATH", "credential:NAME" or "command:PROGRAM ARGUMENT…"';

export const masterKey: Kind<MasterKeySource> = {
  description,
  read(value) {
    const source = typeof value === 'string' && value.length <= 4096 ? parseSource(value) : undefined;
    return source === undefined ? err(problem(`must be ${description}, not ${shown(value)}`)) : ok(source);
  },
  fromText: (text) => text,
  write: spellMasterKey,
};

function parseSource(text: string): MasterKeySource | undefined {
  const [scheme, rest] = [text.slice(0, text.indexOf(':')), text.slice(text.indexOf(':') + 1)];
  if (rest === '' || /\p{Cc}/u.test(rest)) return undefined;
  if (scheme === 'file') return { from: 'file', path: rest };
  // A credential is a file name in $CREDENTIALS_DIRECTORY, never a way out of it (systemd.exec(5)).
  if (scheme === 'credential')
    return /^[\w.-]+$/.test(rest) && !rest.startsWith('.') ? { from: 'credential', name: rest } : undefined;
  if (scheme !== 'command') return undefined;
  const words = rest.split(' ').filter((word) => word !== '');
  return words.length === 0 ? undefined : { from: 'command', words };
}

export function spellMasterKey(source: MasterKeySource): string {
  switch (source.from) {
    case 'file':
      return `file:${source.path}`;
    case 'credential':
      return `credential:${source.name}`;
    case 'command':
      return `command:${source.words.join(' ')}`;
    default:
      return unreachable(source);
  }
}
