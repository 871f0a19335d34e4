import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { AdminError } from '#admin/errors.ts';
import { adminError } from '#admin/errors.ts';
import type { Result } from '#base/result.ts';
import { err, ok } from '#base/result.ts';
import { createMasterKeyFile } from '#backends/system/master-key.ts';
import type { Configuration } from '#config/configuration.ts';
import type { Domain } from '#mail/domain.ts';
import { generateSelfSigned } from '#net/certificate-self-signed.ts';
import { loadConfiguration } from '../cli/find-configuration.ts';
import type { World } from '../parts/world.ts';
import { configurationText } from './configuration-text.ts';
import { plannedListeners } from './listeners.ts';
import { MadeFiles } from './made-files.ts';
import { busyPort, hasAddress } from './probe-ports.ts';

export interface QuickstartPlan {
  /** Absolute. */
  readonly dir: string;
  readonly domain: Domain;
  readonly portOffset: number;
  /** Which of them were asked for, as against being what they are by default. */
  readonly named: { readonly domain: boolean; readonly portOffset: boolean };
}

export interface Prepared {
  readonly configuration: Configuration;
  /** `undefined`: it was all there before. */
  readonly made: MadeFiles | undefined;
  readonly notes: readonly string[];
}

/** Makes a working server's files in a folder, or finds them there and changes nothing. */
export async function prepare(plan: QuickstartPlan, world: World): Promise<Result<Prepared, AdminError>> {
  const file = join(plan.dir, 'postern.toml');
  if (existsSync(file)) {
    const configuration = loadConfiguration(readFileSync(file, 'utf8'), file);
    return configuration.ok
      ? ok({ configuration: configuration.value, made: undefined, notes: [] })
      : configuration;
  }
  if (existsSync(plan.dir) && readdirSync(plan.dir).length > 0)
    return err(adminError('not-empty', `${plan.dir} holds other files and no postern.toml`, plan.dir));
  return await makeAll(plan, world, file);
}

async function makeAll(
  plan: QuickstartPlan,
  world: World,
  file: string,
): Promise<Result<Prepared, AdminError>> {
  const ipv6 = await hasAddress('::1');
  const listeners = plannedListeners(ipv6 ? ['127.0.0.1', '::1'] : ['127.0.0.1'], plan.portOffset);
  const busy = await busyPort(listeners);
  if (busy !== undefined) return err(busy);
  const made = new MadeFiles();
  try {
    const text = await makeFiles(plan, world, { made, listeners });
    if (!text.ok) throw new MakingFailed(text.error);
    made.file(file, text.value, 0o600);
    const configuration = loadConfiguration(text.value, file);
    if (!configuration.ok)
      throw new Error(`the quick start wrote a wrong file: ${configuration.error.message}`);
    const notes = ipv6 ? [] : ['This machine has no ::1: listening on 127.0.0.1 only.'];
    return ok({ configuration: configuration.value, made, notes });
  } catch (error) {
    made.remove();
    if (error instanceof MakingFailed) return err(error.reason);
    if (error instanceof Error && 'code' in error) return err(adminError('disk', error.message, plan.dir));
    throw error;
  }
}

class MakingFailed extends Error {
  readonly reason: AdminError;

  constructor(reason: AdminError) {
    super(reason.message);
    this.reason = reason;
  }
}

async function makeFiles(
  { dir, domain }: QuickstartPlan,
  world: World,
  { made, listeners }: { readonly made: MadeFiles; readonly listeners: ReturnType<typeof plannedListeners> },
): Promise<Result<string, AdminError>> {
  const hostname = `mail.${domain}`;
  made.ownFolder(dir);
  const keyFolder = `${dir}-keys`;
  made.folder(keyFolder);
  const key = join(keyFolder, 'master.key');
  const keyMade = await createMasterKeyFile(key, world.random);
  if (!keyMade.ok) return err(adminError('master-key', keyMade.error.detail, key));
  made.expect(key);
  const { cert, key: certificateKey } = generateSelfSigned(hostname, world.clock.now());
  made.file(join(dir, 'certificate.pem'), cert, 0o600);
  made.file(join(dir, 'certificate.key'), certificateKey, 0o600);
  return ok(
    configurationText({
      hostname,
      domain,
      masterKey: `../${basename(keyFolder)}/master.key`,
      certificate: 'certificate.pem',
      certificateKey: 'certificate.key',
      listeners,
    }),
  );
}
