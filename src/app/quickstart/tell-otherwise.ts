import type { AdminError } from '#admin/errors.ts';
import type { AdminWorld } from '#admin/world.ts';
import type { Result } from '#base/result.ts';
import { ok } from '#base/result.ts';
import type { Configuration } from '#config/configuration.ts';
import type { Terminal } from '../cli/terminal.ts';
import { standardListeners } from './listeners.ts';
import type { QuickstartPlan } from './prepare.ts';

export interface Serving {
  readonly configuration: Configuration;
  readonly terminal: Pick<Terminal, 'note'>;
}

/**
 * A folder that was there before is served as it is (CONTRACTS §1); who asked for another domain or other ports is
 * told so, and how to have them.
 */
export async function tellOtherwise(
  admin: Pick<AdminWorld, 'store'>,
  plan: QuickstartPlan,
  serving: Serving,
): Promise<Result<void, AdminError>> {
  const lines = [...(await otherDomain(admin, plan, serving)), ...otherPorts(plan, serving)];
  for (const line of lines) serving.terminal.note(line);
  return ok(undefined);
}

async function otherDomain(
  { store }: Pick<AdminWorld, 'store'>,
  { dir, domain, named }: QuickstartPlan,
  { configuration }: Serving,
): Promise<readonly string[]> {
  if (!named.domain || (await store.domains.get(domain)).ok) return [];
  const page = await store.domains.list(undefined, 1);
  const served = page.ok ? page.value.items[0]?.domain : undefined;
  return [
    `${dir} was made before and stays as it is: it serves ${served ?? 'no domain yet'}, not ${domain}.`,
    `  To serve ${domain} as well:  bin/postern domain add ${domain} --config ${configuration.file}`,
    '  To begin anew:  name another folder with --data',
  ];
}

function otherPorts(
  { dir, portOffset, named }: QuickstartPlan,
  { configuration }: Serving,
): readonly string[] {
  const [standard] = standardListeners;
  const mx = configuration.listeners.find((row) => row.name === standard?.name);
  if (!named.portOffset || standard === undefined || mx?.port === standard.port + portOffset) return [];
  const ports = [...new Set(configuration.listeners.map((row) => row.port))].join(', ');
  return [
    `${dir} was made before and stays as it is: it listens on the ports ${ports}, whatever --port-offset says.`,
    `  To change them:  edit the [[listener]] blocks in ${configuration.file} and start again`,
  ];
}
