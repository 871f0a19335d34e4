import type { Result } from '#base/result.ts';
import { err, ok } from '#base/result.ts';
import type { Kind } from '#config/kind.ts';
import { problem } from '#config/kind.ts';
import type { ValuesOf } from '#config/key.ts';
import { optional } from '#config/key.ts';
import { mailAddress } from '#config/kinds/mail-address.ts';
import { ipAddress } from '#config/kinds/ip-address.ts';
import { string } from '#config/kinds/string.ts';
import { union } from '#config/kinds/union.ts';
import type { TraceFilter } from '#store/contract/store.ts';
import type { TraceRecord } from '#trace/record.ts';
import { findAccount } from '../accounts/find-account.ts';
import type { AdminError } from '../errors.ts';
import { operation } from '../operation.ts';
import { listing, pageKeys, showListing } from '../paging.ts';
import { showColumns } from '../show.ts';
import type { AdminWorld } from '../world.ts';

const timeDescription = 'a time like "2026-01-31" or "2026-01-31T18:00:00Z"';

const time: Kind<number> = {
  description: timeDescription,
  read(value) {
    const ms = typeof value === 'string' && /^\d{4}-\d{2}-\d{2}/.test(value) ? Date.parse(value) : Number.NaN;
    return Number.isNaN(ms) ? err(problem(`must be ${timeDescription}`)) : ok(ms);
  },
  fromText: (text) => text.trim(),
  write: (value) => new Date(value).toISOString(),
};

const filterKeys = {
  since: optional(time, { meaning: 'Only what happened at or after this time.' }),
  from: optional(string(), { meaning: 'Only from this sender.' }),
  to: optional(string(), { meaning: 'Only to this recipient.' }),
  client: optional(ipAddress, { meaning: 'Only from this address of a machine.' }),
  action: optional(union(['accept', 'defer', 'refuse', 'quarantine', 'discard']), {
    meaning: 'Only with this verdict.',
  }),
  account: optional(mailAddress, { meaning: 'Only of this account.' }),
};

export const traceList = operation({
  name: 'trace list',
  looksOnly: true,
  meaning: 'What happened to messages, attempts and log-ins, newest first.',
  input: { ...pageKeys, ...filterKeys },
  async run(world, input) {
    const filter = await filterOf(world, input);
    if (!filter.ok) return filter;
    await world.store.traces.flush();
    return listing(
      await world.store.traces.list(filter.value, input.cursor, input.limit),
      (record) => record,
    );
  },
  render: (list) => showListing(list, 'Nothing has happened.', showColumns(list.items.map(renderRow))),
});

async function filterOf(
  world: AdminWorld,
  input: ValuesOf<typeof filterKeys>,
): Promise<Result<TraceFilter, AdminError>> {
  const account = input.account === undefined ? undefined : await findAccount(world, input.account);
  if (account !== undefined && !account.ok) return account;
  return ok({
    ...(input.since === undefined ? {} : { sinceMs: input.since }),
    ...(input.from === undefined ? {} : { from: input.from }),
    ...(input.to === undefined ? {} : { to: input.to }),
    ...(input.client === undefined ? {} : { client: input.client }),
    ...(input.action === undefined ? {} : { action: input.action }),
    ...(account === undefined ? {} : { account: account.value.id }),
  });
}

function renderRow(record: TraceRecord): readonly string[] {
  const { envelope } = record;
  const to = envelope?.to.map((one) => one.address) ?? [];
  const others = to.length > 1 ? ` and ${to.length - 1} more` : '';
  const route = envelope === undefined ? record.kind : `<${envelope.from}> → <${to[0] ?? ''}>${others}`;
  const last = record.deliveries.at(-1)?.outcome;
  return [record.id, record.at.slice(0, 19), record.session.client, record.verdict.action, last ?? '', route];
}
