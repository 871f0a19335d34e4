import { ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { answer } from '../command.ts';
import type { AccountCommand, Answer } from '../command.ts';
import { encodeName } from '../grammar/mailbox-name.ts';
import { listEntries, parentNames } from '../list/entries.ts';
import type { ListEntry } from '../list/entries.ts';
import { nameMatcher } from '../list/match.ts';
import { listRequest } from '../list/request.ts';
import type { ListRequest } from '../list/request.ts';
import { okay } from '../response/done.ts';
import { troubleDone } from '../response/trouble.ts';
import { wireMailbox } from '../response/wire.ts';
import { formatStatus } from '../status-items.ts';
import type { AccountWorld } from '../world.ts';

/** RFC 9051 §6.3.9, with LIST-EXTENDED (RFC 5258), LIST-STATUS (RFC 5819) and SPECIAL-USE (RFC 6154). */
export const list: AccountCommand = {
  name: 'LIST',
  states: 'account',
  usesSequenceNumbers: false,
  mayReportExpunge: true,
  breaksPipeline: false,
  prepare: (cursor) => {
    const request = listRequest(cursor);
    return (world) => tell(world, request);
  },
};

async function tell(world: AccountWorld, request: ListRequest): Promise<Answer> {
  // An empty pattern asks for the separator (RFC 9051 §6.3.9).
  if (request.patterns.length === 1 && request.patterns[0] === '') {
    return answer(okay('Listed'), '* LIST (\\Noselect) "/" ""\r\n');
  }
  const all = await entries(world, request);
  if (!all.ok) return answer(troubleDone(all.error));
  const found = choose(all.value, request, nameMatcher(request, world.coding));
  const lines = found.map(({ entry, below }) => formatEntry(world, request, { entry, below }));
  const status = await statusLines(
    world,
    request,
    found.map(({ entry }) => entry),
  );
  return status.ok
    ? answer(okay('Listed'), lines.join('') + status.value)
    : answer(troubleDone(status.error));
}

async function entries(
  world: AccountWorld,
  request: ListRequest,
): Promise<Result<ReadonlyMap<string, ListEntry>, Trouble>> {
  const { mailboxes } = world.store;
  const records = await mailboxes.list(world.account);
  if (!records.ok) return records;
  // Subscriptions to what does not exist show only where subscriptions are asked for.
  if (!request.selection.some((option) => option.name === 'SUBSCRIBED'))
    return ok(listEntries(records.value, []));
  const subscriptions = await mailboxes.subscriptions(world.account);
  return subscriptions.ok ? ok(listEntries(records.value, subscriptions.value)) : subscriptions;
}

interface Found {
  readonly entry: ListEntry;
  /** RECURSIVEMATCH: something below meets the selection (CHILDINFO). */
  readonly below: boolean;
}

function choose(
  all: ReadonlyMap<string, ListEntry>,
  request: ListRequest,
  fits: (name: string) => boolean,
): Found[] {
  const tests = request.selection.map((option) => option.meets).filter((meets) => meets !== undefined);
  const meets = (entry: ListEntry): boolean => tests.every((test) => test(entry));
  const above = new Set<string>();
  if (request.recursive) {
    for (const entry of all.values())
      if (meets(entry)) for (const name of parentNames(entry.name)) above.add(name);
  }
  return [...all.values()]
    .map((entry) => ({ entry, below: above.has(entry.name) }))
    .filter(({ entry, below }) => (below || meets(entry)) && fits(entry.name));
}

function formatEntry(world: AccountWorld, request: ListRequest, { entry, below }: Found): string {
  const told = request.returns.subscribed || request.selection.some((option) => option.name === 'SUBSCRIBED');
  const attributes = [
    ...(entry.record === undefined ? ['\\NonExistent', '\\Noselect'] : []),
    ...(told && entry.subscribed ? ['\\Subscribed'] : []),
    entry.hasChildren ? '\\HasChildren' : '\\HasNoChildren',
    ...(entry.record?.specialUse === undefined ? [] : [entry.record.specialUse]),
  ];
  const childInfo = below ? ` ("CHILDINFO" (${selectionNames(request)}))` : '';
  return `* LIST (${attributes.join(' ')}) "/" ${wireMailbox(encodeName(entry.name, world.coding))}${childInfo}\r\n`;
}

function selectionNames(request: ListRequest): string {
  const bases = request.selection.filter((option) => option.meets !== undefined);
  return bases.map((option) => `"${option.name}"`).join(' ');
}

async function statusLines(
  world: AccountWorld,
  request: ListRequest,
  found: readonly ListEntry[],
): Promise<Result<string, Trouble>> {
  const items = request.returns.status;
  const records = found.map((entry) => entry.record).filter((record) => record !== undefined);
  if (items.length === 0 || records.length === 0) return ok('');
  const statuses = await world.store.mailboxes.status(
    world.account,
    records.map((record) => record.id),
  );
  if (!statuses.ok) return statuses;
  const lines = records.map((record) => {
    const status = statuses.value.get(record.id);
    return status === undefined ? '' : formatStatus(world, { name: record.name, status }, items);
  });
  return ok(lines.join(''));
}
