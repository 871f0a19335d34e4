import type { DoctorCheck, Finding } from '#admin/doctor/check.ts';
import { fail, pass, warn } from '#admin/doctor/check.ts';
import type { DnsFailure, Resolver } from '#platform/resolver.ts';
import type { DoctorWorld } from './doctor-world.ts';

export function dnsCheck({ configuration, resolver }: DoctorWorld): DoctorCheck {
  const { hostname, listeners } = configuration;
  const open = listeners.some(
    (row) => row.role === 'mx' && !row.address.startsWith('127.') && row.address !== '::1',
  );
  return {
    name: 'dns',
    meaning: 'Names can be looked up, and this server’s own name leads to it and back.',
    async run(signal) {
      const root = await resolver.ask('.', 'NS', signal);
      if (!root.ok && isTrouble(root.error))
        return [
          open
            ? fail(
                `the resolver does not answer (${root.error})`,
                'Set "[dns] servers", best to a validating resolver on this machine.',
              )
            : warn(`the resolver does not answer (${root.error})`, 'Only local mail works without one.'),
        ];
      const seal =
        root.ok && root.value.authenticated
          ? pass('the resolver validates DNSSEC')
          : warn(
              'the resolver does not vouch for DNSSEC',
              'Run a validating resolver on this machine (unbound).',
            );
      return [seal, ...(open ? await ownName(resolver, hostname, signal) : [])];
    },
  };
}

function isTrouble(failure: DnsFailure): boolean {
  return failure === 'timeout' || failure === 'servfail' || failure === 'budget';
}

/** P-15 for ourselves: others check that our address and name belong together. */
async function ownName(
  resolver: Resolver,
  hostname: string,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const answers = await Promise.all([
    resolver.ask(hostname, 'A', signal),
    resolver.ask(hostname, 'AAAA', signal),
  ]);
  const addresses = answers
    .flatMap((answer) => (answer.ok ? answer.value.records : []))
    .flatMap((record) => ('data' in record && typeof record.data === 'string' ? [record.data] : []));
  if (addresses.length === 0)
    return [fail(`${hostname} has no address`, 'Publish an A or AAAA record for it.')];
  return [pass(`${hostname} is ${addresses.join(', ')}`)];
}
