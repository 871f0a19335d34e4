import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { DoctorCheck, Finding } from '#admin/doctor/check.ts';
import { fail, pass, skip } from '#admin/doctor/check.ts';
import type { DoctorWorld } from './doctor-world.ts';

/** P-39: nobody but the server may read keys and data, and nobody else may change the configuration. */
export function fileModesCheck({ configuration }: DoctorWorld): DoctorCheck {
  const { dataDir, masterKey, certificates, file } = configuration;
  const secret = [
    dataDir,
    join(dataDir, 'control.sock'),
    ...(masterKey.from === 'file' ? [masterKey.path] : []),
    ...certificates.map((row) => row.key),
  ];
  return {
    name: 'file modes',
    meaning: 'Keys and data can be read by the server alone.',
    async run() {
      const found = await Promise.all([...secret.map((path) => examine(path, 0o077)), examine(file, 0o022)]);
      return found.flat();
    },
  };
}

async function examine(path: string, forbidden: number): Promise<readonly Finding[]> {
  const facts = await stat(path).catch((error: NodeJS.ErrnoException) => error);
  if (facts instanceof Error) return facts.code === 'ENOENT' ? [] : [skip(`${path}: ${facts.message}`)];
  const mode = (facts.mode & 0o777).toString(8).padStart(3, '0');
  if ((facts.mode & forbidden) === 0) return [pass(`${path} has mode ${mode}`)];
  const wanted = (facts.mode & 0o777 & ~forbidden).toString(8).padStart(3, '0');
  return [fail(`${path} has mode ${mode}: others may reach it`, `chmod ${wanted} ${path}`)];
}
