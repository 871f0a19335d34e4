import type { Random } from '#platform/random.ts';
import type { Settings } from '#store/contract/store.ts';

const name = 'identity.salt_secret';
const secretBytes = 32;

/**
 * Makes the salts of unknown log-in names, which must stay the same over a restart (RFC 5802 §9); sealed with the
 * settings. While the store cannot tell it, one for this run only.
 */
export async function saltSecret(settings: Settings, random: Random): Promise<Uint8Array> {
  const stored = await settings.get(name);
  if (stored.ok && typeof stored.value?.value === 'string') return Buffer.from(stored.value.value, 'base64');
  const made = random.bytes(secretBytes);
  if (stored.ok) await settings.set(name, Buffer.from(made).toString('base64'), stored.value?.version ?? 0);
  return made;
}
