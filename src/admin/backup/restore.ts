import { ok } from '#base/result.ts';
import type { ValuesOf } from '#config/key.ts';
import { defaulted, optional, required } from '#config/key.ts';
import { boolean } from '#config/kinds/boolean.ts';
import { file } from '#config/kinds/file.ts';
import { mailAddress } from '#config/kinds/mail-address.ts';
import { operation } from '../operation.ts';
import { counted } from '../show.ts';
import type { RestoreWish } from '../world.ts';
import type { Restored } from './backup-files.ts';

const input = {
  folder: required(file, { meaning: 'The folder that "postern backup" wrote.' }),
  account: optional(mailAddress, { meaning: 'Only this account; the queue is left alone.' }),
  replace: defaulted(boolean, false, {
    meaning:
      'Begin the file of the account anew, even though it can be read. The old file is set aside, and mail that came since the backup stays in it.',
  }),
  master: optional(file, {
    meaning: 'The master key that the backup needs, when another one is in use now.',
  }),
};

export const restore = operation({
  name: 'restore',
  meaning:
    'Put back from a backup what accounts no longer have, with the server running or stopped; into an empty data folder, everything. Passwords stay as they are now, erased accounts stay erased, waiting mail comes back held.',
  input,
  async preview(world, values) {
    const would = await world.backups.restore(wishOf(values, true), () => undefined);
    return would.ok ? ok([...words(would.value, 'would be'), 'Nothing was changed.']) : would;
  },
  async run(world, values, context) {
    const restored = await world.backups.restore(wishOf(values, false), context.progress);
    world.notices.queueChanged();
    return restored;
  },
  render: (done) => words(done, 'were'),
});

function wishOf(values: ValuesOf<typeof input>, dryRun: boolean): RestoreWish {
  const { folder, account, replace, master } = values;
  return { folder, account, replace, masterKeyFile: master, dryRun };
}

/** The same for what is done and for what would be. */
function words(
  { accounts, messages, held, erased, replaced, missing, asOf }: Restored,
  were: string,
): string[] {
  const said = [
    asOf === null
      ? `${counted(messages, 'message')} ${were} put back into ${counted(accounts, 'account')}.`
      : `${counted(accounts, 'account')} ${were} restored as of ${asOf}${messages > 0 ? `, with ${counted(messages, 'message')}` : ''}.`,
  ];
  if (held > 0)
    said.push(`${counted(held, 'message')} ${were} put into the queue, held: see "postern queue list".`);
  if (erased > 0)
    said.push(
      `${counted(erased, 'account')} of the backup ${erased === 1 ? 'is' : 'are'} erased and stay so.`,
    );
  for (const id of replaced)
    said.push(`The file of account ${id} ${were} begun anew; the old one ${were} set aside beside it.`);
  if (asOf !== null)
    said.push(
      `Passwords changed and accounts removed after ${asOf} are not known here: set passwords anew and remove those accounts again.`,
    );
  return [...said, ...missing.map((what) => `Not brought back: ${what}`)];
}
