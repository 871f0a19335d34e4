import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { AdminError } from '#admin/errors.ts';
import { adminError } from '#admin/errors.ts';
import type { Result } from '#base/result.ts';
import { err, ok } from '#base/result.ts';
import type { Configuration } from '#config/configuration.ts';
import { spellProblem } from '#config/configuration-problem.ts';
import { readConfiguration } from '#config/read-configuration.ts';

const defaultFiles = ['./data/postern.toml', '/etc/postern/postern.toml'];

/** `--config`, else `POSTERN_CONFIG`, else the first default that is there (CONTRACTS §1). */
export function findConfiguration(named: string | undefined): Result<Configuration, AdminError> {
  const wanted = named ?? process.env['POSTERN_CONFIG'];
  const candidates = wanted === undefined || wanted === '' ? defaultFiles : [wanted];
  for (const candidate of candidates) {
    const text = readText(candidate);
    if (text.ok) return loadConfiguration(text.value, resolve(candidate));
    if (text.error !== 'ENOENT')
      return err(
        adminError('configuration-missing', `${candidate} cannot be read (${text.error})`, candidate),
      );
  }
  return err(
    adminError(
      'configuration-missing',
      `no configuration file: looked for ${candidates.join(', ')}`,
      candidates[0],
    ),
  );
}

function readText(path: string): Result<string, string> {
  try {
    return ok(readFileSync(path, 'utf8'));
  } catch (error) {
    return err(error instanceof Error && 'code' in error ? String(error.code) : 'unknown');
  }
}

/** @param file absolute */
export function loadConfiguration(text: string, file: string): Result<Configuration, AdminError> {
  const read = readConfiguration(text, file);
  return read.ok
    ? read
    : err(adminError('configuration-wrong', read.error.map(spellProblem).join('\n'), file));
}
