import { formatDone } from './response/done.ts';
import { takeNews } from './response/news.ts';
import { troubleDone } from './response/trouble.ts';
import { isSelected } from './world.ts';
import type { AccountWorld, GuestWorld } from './world.ts';

/** Untagged responses that are due; `gone`: the selected mailbox no longer exists. */
export interface News {
  readonly gone: boolean;
  readonly data: string;
}

/** What is to be told of the selected mailbox now, read anew if something was announced. */
export async function dueNews(
  world: GuestWorld | AccountWorld,
  options: { readonly expunges: boolean },
): Promise<News> {
  if (world.kind === 'guest' || !isSelected(world)) return { gone: false, data: '' };
  const { selected } = world;
  if (selected.view.stale) {
    const refreshed = await selected.view.refresh();
    if (!refreshed.ok) return { gone: false, data: formatDone('*', troubleDone(refreshed.error)) };
  }
  if (selected.view.gone) return { gone: true, data: '' };
  return { gone: false, data: takeNews(selected, options) };
}
