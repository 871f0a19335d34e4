import type { Result } from '#base/result.ts';

/** The key outside the data folder that only wraps (STORAGE §4). */
export interface Secrets {
  /** Identifies the master key without telling anything of it. */
  readonly masterKeyId: string;
  /** Seals 32 bytes under the master key for one purpose. */
  wrap(purpose: string, key: Uint8Array): Uint8Array;
  unwrap(purpose: string, wrapped: Uint8Array): Result<Uint8Array, 'wrong-key'>;
}
