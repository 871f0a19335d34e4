import { connect } from 'node:net';
import type { DoctorCheck, Finding } from '#admin/doctor/check.ts';
import { fail, pass, skip, warn } from '#admin/doctor/check.ts';
import type { ListenerBlock } from '#config/configuration.ts';
import { spellEndpoint } from '#config/kinds/ip-address.ts';
import type { DoctorWorld } from './doctor-world.ts';

const connectMsMax = 3000;

/** Does every configured port answer, from this machine at least? */
export function portsCheck({ configuration, serving }: DoctorWorld): DoctorCheck {
  return {
    name: 'ports',
    meaning: 'Every configured listener answers.',
    async run() {
      return await Promise.all(configuration.listeners.map((block) => examine(block, serving)));
    },
  };
}

async function examine(block: ListenerBlock, serving: boolean): Promise<Finding> {
  const where = `${block.name} on ${spellEndpoint(block)}`;
  const answers = await canConnect(block);
  if (serving)
    return answers
      ? pass(`${where} answers`)
      : fail(`${where} does not answer`, 'See the log of the server; is a firewall in between?');
  if (answers)
    return warn(`${where} is taken by another program`, 'Stop that program before the server starts.');
  return skip(`${where}: the server is not running`);
}

function canConnect({ address, port }: ListenerBlock): Promise<boolean> {
  const host = address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address;
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: connectMsMax });
    const end = (answered: boolean) => () => {
      socket.destroy();
      resolve(answered);
    };
    socket.once('connect', end(true)).once('error', end(false)).once('timeout', end(false));
  });
}
