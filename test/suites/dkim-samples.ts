import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ZoneTable } from '#platform/fake-resolver.ts';

/** A message with the keys that it was signed with. */
export interface SignedSample {
  readonly name: string;
  readonly zone: ZoneTable;
  /** CR LF line ends. */
  readonly message: Buffer;
}

/** The samples of `mail-auth/dkim` and `mail-auth/arc`: lines of `name record`, a blank line, the message. */
export function readSignedSamples(folder: string): readonly SignedSample[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.txt'))
    .toSorted()
    .map((name) => {
      const text = readFileSync(join(folder, name), 'latin1').replaceAll(/\r?\n/g, '\r\n');
      const end = text.indexOf('\r\n\r\n');
      const keys = text.slice(0, end).split('\r\n');
      return { name, zone: zoneOf(keys), message: Buffer.from(text.slice(end + 4), 'latin1') };
    });
}

function zoneOf(keys: readonly string[]): ZoneTable {
  return Object.fromEntries(
    keys.map((line) => {
      const space = line.indexOf(' ');
      return [line.slice(0, space), { TXT: [line.slice(space + 1)] }];
    }),
  );
}
