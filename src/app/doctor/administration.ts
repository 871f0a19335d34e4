import type { DoctorCheck, Finding } from '#admin/doctor/check.ts';
import { pass, skip, warn } from '#admin/doctor/check.ts';
import type { ListenerBlock } from '#config/configuration.ts';
import { isLoopback, spellEndpoint } from '#config/kinds/ip-address.ts';
import type { DoctorWorld } from './doctor-world.ts';

/** P-03: the administration is for administrators' networks, or for this machine alone. */
export function administrationCheck({ configuration }: Pick<DoctorWorld, 'configuration'>): DoctorCheck {
  return {
    name: 'administration',
    meaning: 'The administration in the browser cannot be reached from everywhere.',
    async run() {
      const blocks = configuration.listeners.filter(({ role }) => role === 'http');
      return blocks.length === 0 ? [skip('no listener is of role http')] : blocks.map(examine);
    },
  };
}

function examine(block: ListenerBlock): Finding {
  const where = `${block.name} on ${spellEndpoint(block)}`;
  if (isLoopback(block.address)) return pass(`${where} is for this machine alone`);
  if (block.networks.length > 0) return pass(`${where} is for ${block.networks.join(', ')} alone`);
  return warn(
    `${where} lets everybody knock`,
    'Name the networks of administrators in its "networks", or listen on 127.0.0.1 and come through SSH: docs/guide/administration.md.',
  );
}
