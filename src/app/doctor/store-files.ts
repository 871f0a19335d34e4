import type { DoctorCheck, Finding } from '#admin/doctor/check.ts';
import { fail, pass, skip, warn } from '#admin/doctor/check.ts';
import { counted } from '#admin/show.ts';
import { formatAddress } from '#mail/address.ts';
import type { AccountRecord } from '#store/contract/accounts.ts';
import type { DoctorWorld } from './doctor-world.ts';

/** Opens every account's file: one that is out of use is named with the way out (STORAGE §2). */
export function storeFilesCheck({ store }: DoctorWorld): DoctorCheck {
  return {
    name: 'store files',
    meaning: 'Every account’s file opens.',
    async run(signal) {
      if (store === undefined) return [skip('the store is not open')];
      const found: Finding[] = [];
      let opened = 0;
      let cursor: string | undefined;
      do {
        const page = await store.accounts.list(cursor, 256);
        if (!page.ok) return [fail(`accounts cannot be listed (${page.error.code})`, 'See the log.')];
        for (const account of page.value.items) {
          if (signal.aborted)
            return [...found, warn(`only ${opened} files were looked at in time`, 'Repeat it.')];
          const fault = await examine(store, account);
          if (fault === undefined) opened += 1;
          else found.push(fault);
        }
        cursor = page.value.next;
      } while (cursor !== undefined);
      return [...found, pass(`${counted(opened, 'account file')} ${opened === 1 ? 'opens' : 'open'}`)];
    },
  };
}

async function examine(
  { mailboxes }: NonNullable<DoctorWorld['store']>,
  { id, address }: AccountRecord,
): Promise<Finding | undefined> {
  const listed = await mailboxes.list(id);
  if (listed.ok || listed.error.code === 'not-found') return undefined;
  const { error } = listed;
  const what = error.code === 'fenced' ? `${error.file}: ${error.detail}` : `${id}: ${error.code}`;
  const who = formatAddress(address);
  return fail(
    `${who} is out of use: ${what}`,
    `Its mail waits meanwhile. If the disk is well: postern restore BACKUP --account ${who} begins its file anew from a backup; the damaged one is set aside.`,
  );
}
