import type { ShownBan } from '#admin/bans/show-ban.ts';
import type { AdminError } from '#admin/errors.ts';
import type { ShownLimits } from '#admin/limits/limits-show.ts';
import type { ShownEntry } from '#admin/local-lists/show-entry.ts';
import type { Listing } from '#admin/paging.ts';
import type { ShownQueueItem } from '#admin/queue/show-queue-item.ts';
import { showSize } from '#admin/show.ts';
import type { Result } from '#base/result.ts';
import type { Html, HtmlValue } from '../html.ts';
import { html } from '../html.ts';
import { section, table, time, trouble } from '../pieces.ts';
import type { Route } from '../route.ts';

/** Messages of the queue that are shown. */
const waitingShown = 10;

/** What somebody who comes by wants to know first. */
export const overview: Route = {
  method: 'GET',
  path: '/',
  async answer({ desk }) {
    const [queue, bans, block, limits] = await Promise.all([
      desk.look<Listing<ShownQueueItem>>('queue list'),
      desk.look<Listing<ShownBan>>('ban list'),
      desk.look<Listing<ShownEntry>>('blocklist list'),
      desk.look<ShownLimits>('limits show'),
    ]);
    const met = limits.ok ? metLimits(limits.value) : [];
    const body = html`<div class="tiles">
        ${tile('waiting in the queue', countOf(queue), '#queue')}
        ${tile('banned now', countOf(bans), '/bans')} ${tile('on the block list', countOf(block), '/block')}
        ${tile('limits met lately', String(met.length), '/flow')}
      </div>
      ${section('Waiting', queue.ok ? waiting(queue.value, desk.nowMs) : trouble(queue.error), 'queue')}
      ${section('Limits that were met', limits.ok ? metTable(met) : trouble(limits.error))}`;
    return { kind: 'page', title: 'Overview', body };
  },
};

function tile(what: string, count: string, href: string): Html {
  return html`<a class="tile" href="${href}"><b>${count}</b><span>${what}</span></a>`;
}

function countOf(found: Result<Listing<unknown>, AdminError>): string {
  if (!found.ok) return '?';
  const { items, next } = found.value;
  return next === null ? String(items.length) : `${items.length}+`;
}

function waiting({ items, next }: Listing<ShownQueueItem>, nowMs: number): Html {
  if (items.length === 0) return html`<p class="nothing">Nothing waits.</p>`;
  const rows = items
    .slice(0, waitingShown)
    .map((item) => [
      time(item.receivedAt, nowMs),
      item.from === '' ? 'a bounce' : item.from,
      recipients(item),
      showSize(item.sizeBytes),
      item.damage ?? item.recipients.find(({ last }) => last !== null)?.last?.reply ?? '',
    ]);
  const isMore = items.length > waitingShown || next !== null;
  return html`${table(['Since', 'From', 'To', 'Size', 'Last answer'], rows)}
  ${isMore && html`<p class="more">All of them: <code>postern queue list</code></p>`}`;
}

function recipients({ recipients: all }: ShownQueueItem): HtmlValue {
  const [first] = all;
  if (first === undefined) return '';
  return all.length === 1 ? first.address : `${first.address} and ${all.length - 1} more`;
}

interface MetLimit {
  readonly scope: string;
  readonly name: string;
  readonly limit: string | number;
  readonly peak: number;
  readonly hits: number;
}

function metLimits({ items }: ShownLimits): readonly MetLimit[] {
  return items
    .flatMap(({ scope, limits }) =>
      limits
        .filter(({ hits }) => hits > 0)
        .map(({ name, limit, peak, hits }) => ({ scope, name, limit, peak, hits })),
    )
    .sort((a, b) => b.hits - a.hits);
}

function metTable(met: readonly MetLimit[]): Html {
  if (met.length === 0) return html`<p class="nothing">None in the last days.</p>`;
  const rows = met.map(({ scope, name, limit, peak, hits }) => [
    html`<a href="/flow#${scope}">${scope}</a>`,
    name,
    limit,
    peak,
    hits,
  ]);
  return table(['Where', 'Limit', 'In force', 'Peak', 'Times met'], rows);
}
