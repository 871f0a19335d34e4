import { parseClientAddress } from '#base/client-address.ts';
import type { ClientAddress } from '#base/client-address.ts';
import { ok } from '#base/result.ts';
import { defaulted, required } from '#config/key.ts';
import { domain } from '#config/kinds/domain.ts';
import { ipAddress } from '#config/kinds/ip-address.ts';
import { list } from '#config/kinds/list.ts';
import { ownSpfRecord, reviewOwnSpf } from '#mailauth/spf/own-record.ts';
import type { OwnSpfReview } from '#mailauth/spf/own-record.ts';
import { operation } from '../operation.ts';
import { failed } from '../trouble-error.ts';
import type { AdminWorld } from '../world.ts';

/** A machine sends from a few addresses; each is one evaluation. */
const addressesMax = 32;

export const domainSpf = operation({
  name: 'domain spf',
  looksOnly: true,
  meaning: 'Whether the published SPF record of a domain lets this server send, and nobody who should not.',
  input: {
    domain: required(domain, { meaning: 'The domain.', requirements: ['I-34'] }),
    addresses: defaulted(list(ipAddress, { itemsMax: addressesMax }), [], {
      meaning:
        'Where mail leaves from, as others see it. Without it, `outbound.addresses`, or the addresses of this server’s name.',
    }),
  },
  async run(world, input) {
    const found = await world.store.domains.get(input.domain);
    if (!found.ok) return failed(found.error, { where: input.domain, missing: 'domain-not-found' });
    const addresses = input.addresses.length > 0 ? input.addresses : await sendingAddresses(world);
    const { resolver, clock, hostname } = world;
    const review = await reviewOwnSpf(input.domain, addresses, { resolver, clock, receiver: hostname });
    const { record = null, ...rest } = review;
    return ok({ domain: input.domain, record, recommended: ownSpfRecord(world.outgoingAddresses), ...rest });
  },
  render: (output) => [
    `SPF of ${output.domain}: ${output.record ?? '(nothing that could be used is published)'}`,
    ...output.addresses.map(({ address, result }) => `  ${result.padEnd(9)} ${address}`),
    ...(output.addresses.length === 0 ? ['  No address is known that mail leaves from: name some.'] : []),
    ...output.findings.map(({ weight, detail }) => `  ${weight.padEnd(9)} ${detail}`),
    ...(isFine(output) ? ['  It lets this server send, and others know what to think of strangers.'] : []),
    ...(output.record === null ? [`  Publish: ${output.domain}. IN TXT "${output.recommended}"`] : []),
  ],
});

function isFine({ addresses, findings }: Pick<OwnSpfReview, 'addresses' | 'findings'>): boolean {
  return addresses.length > 0 && findings.length === 0;
}

/** As the configuration says, else as the world finds us. */
async function sendingAddresses(world: AdminWorld): Promise<readonly ClientAddress[]> {
  if (world.outgoingAddresses.length > 0) return world.outgoingAddresses;
  const answers = await Promise.all([
    world.resolver.ask(world.hostname, 'A'),
    world.resolver.ask(world.hostname, 'AAAA'),
  ]);
  return answers
    .flatMap((answer) => (answer.ok ? answer.value.records : []))
    .map((record) =>
      record.type === 'A' || record.type === 'AAAA' ? parseClientAddress(record.data) : undefined,
    )
    .filter((address) => address !== undefined)
    .slice(0, addressesMax);
}
