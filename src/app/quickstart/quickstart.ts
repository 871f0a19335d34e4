import type { AdminError, ExitCode } from '#admin/errors.ts';
import { adminError, exitCodeOf } from '#admin/errors.ts';
import { findOperation } from '#admin/operations.ts';
import type { AdminWorld } from '#admin/world.ts';
import type { Result } from '#base/result.ts';
import { err, ok } from '#base/result.ts';
import { silentEvents } from '#trace/events.ts';
import type { Terminal } from '../cli/terminal.ts';
import { runServer } from '../cli/run-server.ts';
import { systemWorld } from '../parts/world.ts';
import type { QuickstartPlan } from './prepare.ts';
import { prepare } from './prepare.ts';
import { tellOtherwise } from './tell-otherwise.ts';

/** `postern quickstart`: a fresh machine becomes a working server; one that is there is served as it is. */
export async function quickstart(plan: QuickstartPlan, terminal: Terminal): Promise<ExitCode> {
  const prepared = await prepare(plan, systemWorld(silentEvents));
  if (!prepared.ok) {
    terminal.error(prepared.error);
    return exitCodeOf(prepared.error);
  }
  const { configuration, made, notes } = prepared.value;
  const passwords = new Map<string, string>();
  return await runServer(configuration, {
    terminal,
    announce: 'quickstart',
    notes,
    passwords,
    beforeListening:
      made === undefined
        ? (admin) => tellOtherwise(admin, plan, { configuration, terminal })
        : (admin) => populate(admin, plan, passwords),
    notStarted: () => made?.remove(),
  });
}

/** The test domain and its one account, which administers it. */
async function populate(
  admin: AdminWorld,
  { domain }: QuickstartPlan,
  passwords: Map<string, string>,
): Promise<Result<void, AdminError>> {
  const address = `user@${domain}`;
  const served = await call(admin, 'domain add', { domain });
  if (!served.ok) return served;
  const added = await call(admin, 'account add', { address, administers: [domain] });
  if (!added.ok) return added;
  const { password } = added.value as { readonly password: string | null };
  if (password !== null) passwords.set(address, password);
  return ok(undefined);
}

async function call(admin: AdminWorld, name: string, input: unknown): Promise<Result<unknown, AdminError>> {
  const operation = findOperation(name);
  if (operation === undefined) return err(adminError('bug', `no operation ${name}`));
  return await operation.run(admin, input, {
    progress: () => undefined,
    signal: new AbortController().signal,
  });
}
