import { splitHeader } from '#mail/header.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeResolver } from '#platform/fake-resolver.ts';
import type { ZoneTable } from '#platform/fake-resolver.ts';
import { readSignatures } from './message-signatures.ts';
import type { MessageSignatures } from './message-signatures.ts';
import { createPublicKeyCache } from './dkim/public-key-cache.ts';

/** The world of one message, as a test sees it. */
export interface FixtureWorld {
  readonly zone: ZoneTable;
  readonly nowMs?: number;
  /** Octets of the body handed over at once; all of it when it is not said. */
  readonly chunkBytes?: number;
}

const keys = createPublicKeyCache();

/** A message read to its end. @param message latin1 characters, or octets; CR LF line ends */
export function signaturesOf(message: string | Uint8Array, world: FixtureWorld): MessageSignatures {
  const bytes = typeof message === 'string' ? Buffer.from(message, 'latin1') : message;
  const block = splitHeader(bytes);
  const clock = createFakeClock(world.nowMs === undefined ? {} : { startMs: world.nowMs });
  const signatures = readSignatures(block, { resolver: createFakeResolver(world.zone), clock, keys });
  const body = bytes.subarray(block.bodyStart);
  const size = world.chunkBytes ?? Math.max(1, body.length);
  for (let at = 0; at < body.length; at += size) signatures.update(body.subarray(at, at + size));
  return signatures;
}
