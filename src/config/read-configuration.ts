import { dirname } from 'node:path';
import type { Result } from '#base/result.ts';
import { err, ok } from '#base/result.ts';
import type { Configuration, OutboundBlock } from './configuration.ts';
import type { ConfigurationProblem } from './configuration-problem.ts';
import { consistencyChecks } from './consistency.ts';
import { absolutePath } from './kinds/file.ts';
import type { MasterKeySource } from './kinds/master-key.ts';
import type { FileValues, PathProblem } from './read-tables.ts';
import { locate, readTables } from './read-tables.ts';

/**
 * Reads a configuration file's text. All problems are told at once, each with its line, column and place (CONTRACTS §2).
 * @param file absolute path of the file; relative paths in it are seen from its folder
 */
export function readConfiguration(
  text: string,
  file: string,
): Result<Configuration, readonly ConfigurationProblem[]> {
  const read = readTables(text, file);
  if (!read.ok) return err([read.error]);
  const { values } = read.value;
  const problems: PathProblem[] = [...read.value.problems];
  // Rows that could not be read are left out, which would shift the others' places: then only keys are judged.
  if (problems.length === 0) problems.push(...consistencyChecks.flatMap((check) => check(values)));
  const configuration = problems.length === 0 ? assemble(values, file) : undefined;
  if (configuration === undefined) return err(locate(text, file, problems));
  const misplaced = keyInsideData(configuration);
  return misplaced === undefined ? ok(configuration) : err(locate(text, file, [misplaced]));
}

function assemble(values: FileValues, file: string): Configuration | undefined {
  const folder = dirname(file);
  const { server, data, keys, dns, outbound } = values;
  if (server === undefined || data === undefined || keys === undefined || outbound === undefined)
    return undefined;
  return {
    file,
    hostname: server.hostname,
    dataDir: absolutePath(folder, data.dir),
    masterKey: absoluteSource(folder, keys.master),
    dns: { servers: dns?.servers, trustAd: dns?.trust_ad ?? false },
    networks: values.network.map(({ name, addresses, exempt }) => ({ name, addresses, exempt })),
    certificates: values.certificate.map((row) => ({
      cert: absolutePath(folder, row.cert),
      key: absolutePath(folder, row.key),
      domains: row.domains,
    })),
    listeners: values.listener.map(({ gateway_only: gatewayOnly, ...row }) => ({ ...row, gatewayOnly })),
    outbound: assembleOutbound(outbound, server.hostname),
  };
}

function assembleOutbound(
  outbound: NonNullable<FileValues['outbound']>,
  hostname: Configuration['hostname'],
): OutboundBlock {
  return {
    hostname: outbound.hostname ?? hostname,
    port: outbound.port,
    addresses: outbound.addresses,
    privateDestinations: outbound.private_destinations,
    destinations: outbound.destinations,
  };
}

function absoluteSource(folder: string, source: MasterKeySource): MasterKeySource {
  return source.from === 'file' ? { from: 'file', path: absolutePath(folder, source.path) } : source;
}

/** STORAGE §4: whoever copies the data folder must not copy the key with it. */
function keyInsideData({ masterKey, dataDir }: Configuration): PathProblem | undefined {
  if (masterKey.from !== 'file' || !`${masterKey.path}/`.startsWith(`${dataDir}/`)) return undefined;
  return {
    path: ['keys', 'master'],
    message: 'must not lie in the data folder: whoever copies that would have the key too',
  };
}
