import { err, ok } from '#base/result.ts';
import type { Kind } from '#config/kind.ts';
import { problem, shown } from '#config/kind.ts';
import { list } from '#config/kinds/list.ts';
import { setting } from '#config/setting.ts';
import { dnsLists } from '../lists/dns-lists.ts';
import { listAssignment } from './list-assignment.ts';
import type { ListAssignment } from './list-assignment.ts';

const pathCharsMax = 1_024;
/** S-09: each file is held in memory. */
const filesMax = 20;
const description = 'a path of a file that begins with "/"';

const absoluteFile: Kind<string> = {
  description,
  read(value) {
    const isPath = typeof value === 'string' && value.startsWith('/') && !value.includes('\0');
    if (!isPath || value.length > pathCharsMax)
      return err(problem(`must be ${description}, not ${shown(value)}`));
    return ok(value);
  },
  fromText: (text) => text,
  write: (value) => value,
};

/** Files that lists read; what they hold counts within a minute of a change. */
export const listFileSettings = {
  networks: setting('lists.network_files', list(absoluteFile, { itemsMax: 4 }), [] as readonly string[], {
    meaning:
      'Tables of networks with number and country, as iptoasn.com and ip-location-db have them: without one, entries of the block and allow list by network number or country match nobody. docs/guide/lists.md has the format.',
    requirements: ['P-24'],
  }),
  zones: setting(
    'lists.zone_files',
    list(
      listAssignment(
        dnsLists.map(({ name }) => name),
        absoluteFile,
      ),
      { itemsMax: filesMax },
    ),
    [] as readonly ListAssignment<string>[],
    {
      meaning:
        'Lists that are kept here as files of rbldnsd (`LIST=/path`, as rsync brings them): such a list is not asked by DNS. Several files of one list count together.',
      requirements: ['I-33'],
    },
  ),
};
