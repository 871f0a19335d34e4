import type { Result } from '#base/result.ts';
import { err, ok } from '#base/result.ts';
import { allPolicySettings } from '#policy/policy-settings.ts';
import { replayableSettings } from '#policy/replayable-settings.ts';
import type { SettingValue } from '#store/contract/store.ts';
import type { AdminError } from '../errors.ts';
import { adminError } from '../errors.ts';

/** Other settings of policy by name, as they are written. */
export type PolicyWishes = ReadonlyMap<string, unknown>;

/** Reads "spf.action=score" and the like. What is no setting that can be tried on recorded facts is told with the reason. */
export function readWishes(wishes: readonly string[]): Result<PolicyWishes, AdminError> {
  const read = new Map<string, unknown>();
  for (const wish of wishes) {
    const one = readWish(wish);
    if (!one.ok) return one;
    read.set(...one.value);
  }
  return ok(read);
}

function readWish(wish: string): Result<readonly [name: string, written: unknown], AdminError> {
  const at = wish.indexOf('=');
  const name = settingName(at < 0 ? '' : wish.slice(0, at));
  const row = replayableSettings.get(name);
  if (at < 0 || row === undefined) return err(notTried(wish, name));
  const read = row.kind.read(row.kind.fromText(wish.slice(at + 1)));
  if (!read.ok)
    return err(adminError('value-invalid', `${name} ${read.error[0]?.message ?? 'is wrong'}`, wish));
  return ok([name, row.kind.write(read.value)]);
}

function settingName(text: string): string {
  return `policy.${text
    .trim()
    .replace(/^policy\./, '')
    .replaceAll('-', '_')}`;
}

function notTried(wish: string, name: string): AdminError {
  const why = allPolicySettings.some((row) => row.name === name)
    ? `${name} decides what is asked about mail, and records hold only what was asked: it cannot be tried on them`
    : (beyondRecords(wish) ?? `"${wish}" is no setting of policy with a value`);
  return adminError('setting-not-found', why, wish);
}

const beyond: readonly (readonly [RegExp, string])[] = [
  [
    /^(flow|connections?|limits?|tarpit)[._]/,
    'records hold mail and attempts, not the connections that limits count: "postern limits show" has what was seen beside each limit',
  ],
  [
    /^lists?[._]/,
    'a list that was off was not asked, so that records say nothing of it: set its check to note, and to more once it was asked for a while',
  ],
];

function beyondRecords(wish: string): string | undefined {
  return beyond.find(([pattern]) => pattern.test(wish))?.[1];
}

/** The stored settings with those that are wished in their place. */
export function settingsWith(
  stored: ReadonlyMap<string, SettingValue>,
  wishes: PolicyWishes,
): ReadonlyMap<string, SettingValue> {
  return new Map([...stored, ...[...wishes].map(([name, value]) => [name, { value, version: 0 }] as const)]);
}
