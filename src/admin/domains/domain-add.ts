import { ok } from '#base/result.ts';
import { optional, required } from '#config/key.ts';
import { domain } from '#config/kinds/domain.ts';
import { makeDkimKeys } from '#mailauth/dkim-keys.ts';
import { operation } from '../operation.ts';
import { failed } from '../trouble-error.ts';
import { downstreamKind } from './downstream-kind.ts';
import { expectedRecords } from './expected-records.ts';
import { recordLines } from './record-lines.ts';
import { showDomain } from './show-domain.ts';

/** Serves a domain from now on, with its own DKIM keys (I-38); mail for it is refused until accounts exist. */
export const domainAdd = operation({
  name: 'domain add',
  meaning: 'Serve a domain: its mail is received, and mail from it is signed.',
  input: {
    domain: required(domain, { meaning: 'The domain, as in the addresses.' }),
    downstream: optional(downstreamKind, {
      meaning:
        'The server behind this one that has its mailboxes: what no account or alias here takes goes there. It is asked whether it has an address.',
      requirements: ['I-88'],
    }),
  },
  async run(world, input) {
    const where = input.domain;
    const nowMs = world.clock.now();
    const created = await world.store.domains.create(input.domain, nowMs);
    if (!created.ok) return failed(created.error, { where });
    const dkim = await makeDkimKeys(nowMs);
    const { downstream } = input;
    const patch = { dkim, ...(downstream === undefined ? {} : { downstream }) };
    const signed = await world.store.domains.change(input.domain, patch, created.value.version);
    world.notices.domainsChanged();
    if (!signed.ok) return failed(signed.error, { where });
    return ok({ ...showDomain(signed.value), records: expectedRecords(signed.value, world) });
  },
  render: (made) => [
    `The domain ${made.domain} is served now.`,
    'Publish these records in its zone:',
    ...made.records.flatMap((row) => ['', ...recordLines(row)]),
    '',
    made.downstream === null
      ? `Next:  postern account add NAME@${made.domain}`
      : `Its mail goes on to ${made.downstream}.`,
    `Once published:  postern domain dns ${made.domain}`,
  ],
});
