import { ok } from '#base/result.ts';
import { operation } from '../operation.ts';
import { listing, pageKeys, showListing } from '../paging.ts';
import { showColumns, showSize } from '../show.ts';
import type { AdminWorld } from '../world.ts';
import { showAccount } from './show-account.ts';
import type { ShownAccount } from './show-account.ts';

export const accountList = operation({
  name: 'account list',
  looksOnly: true,
  meaning: 'All accounts.',
  input: pageKeys,
  async run(world, input) {
    const page = listing(await world.store.accounts.list(input.cursor, input.limit), showAccount);
    if (!page.ok) return page;
    const items = await Promise.all(page.value.items.map((row) => withUsage(world, row)));
    return ok({ ...page.value, items });
  },
  render: (list) =>
    showListing(
      list,
      'There is no account yet: postern account add ADDRESS',
      showColumns(
        list.items.map((row) => [
          row.address,
          row.state,
          row.usage === null
            ? 'cannot be read now'
            : `${row.usage.messages} messages, ${showSize(row.usage.bytes)}`,
          row.quotaBytes === null ? 'no quota' : `of ${showSize(row.quotaBytes)}`,
          row.administers.length === 0 ? '' : `administers ${row.administers.join(', ')}`,
        ]),
      ),
    ),
});

type Listed = ShownAccount & { readonly usage: { readonly messages: number; readonly bytes: number } | null };

/** A file that is out of use does not keep the others from being listed. */
async function withUsage(world: AdminWorld, row: ShownAccount): Promise<Listed> {
  const usage = await world.store.accounts.usage(row.id);
  return { ...row, usage: usage.ok ? { messages: usage.value.messages, bytes: usage.value.bytes } : null };
}
