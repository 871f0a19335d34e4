import type { Result } from '#base/result.ts';
import { err, ok } from '#base/result.ts';
import { nearest } from '#config/nearest.ts';
import type { AnyCheck } from '#policy/check.ts';
import { checks } from '#policy/checks.ts';
import type { OwnNames } from '#policy/own-names.ts';
import { allPolicySettings } from '#policy/policy-settings.ts';
import type { PolicyValues } from '#policy/policy-values.ts';
import { readPolicyValues } from '#policy/read-policy-values.ts';
import type { SettingValue } from '#store/contract/store.ts';
import type { AdminError } from '../errors.ts';
import { adminError } from '../errors.ts';
import { failed } from '../trouble-error.ts';
import type { AdminWorld } from '../world.ts';

/** Policy as the store has it set now. */
export async function storedPolicy(world: AdminWorld): Promise<Result<PolicyValues, AdminError>> {
  const stored = await world.store.settings.list();
  return stored.ok ? ok(policyOf(stored.value)) : failed(stored.error, { where: 'settings' });
}

/** Values that no longer fit give way to the default, as in the running server. */
export function policyOf(stored: ReadonlyMap<string, SettingValue>): PolicyValues {
  const values = new Map(
    allPolicySettings.map((row) => {
      const found = stored.get(row.name);
      const read = found?.value === undefined ? undefined : row.kind.read(found.value);
      return [row.name, read?.ok === true ? read.value : row.defaultValue];
    }),
  );
  return readPolicyValues(<T>(row: { readonly name: string }) => values.get(row.name) as T);
}

/** What is ours, as administrative operations know it. */
export function ownNames({ hostname, ownAddresses, store }: AdminWorld): OwnNames {
  return {
    hostname,
    isOwnAddress: (address) => ownAddresses.has(address),
    isOwnDomain: (domain) => store.domains.isLocal(domain),
    ownDomains: () => store.domains.names(),
  };
}

export function findCheck(name: string): Result<AnyCheck, AdminError> {
  const found = checks.find((row) => row.name === name);
  if (found !== undefined) return ok(found);
  const near = nearest(
    name,
    checks.map((row) => row.name),
  );
  const hint = near === undefined ? '' : `; did you mean "${near}"?`;
  return err(adminError('check-not-found', `there is no check "${name}"${hint}`, name));
}
