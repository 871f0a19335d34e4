import { BodyHash } from './body-hash.ts';
import type { HashedBody } from './body-hash.ts';
import type { Canonicalization } from './canonical-header.ts';

/** What a signature says of the body. */
export interface BodyClaim {
  readonly bodyForm: Canonicalization;
  /** `l=`. */
  readonly bodyBytesSigned: number | undefined;
}

/** One pass over a body for all its signatures: a hash for each canonical form that any of them names. */
export class BodyHashes {
  readonly #hashes: ReadonlyMap<Canonicalization, BodyHash>;

  constructor(claims: readonly BodyClaim[]) {
    const forms = new Set(claims.map((claim) => claim.bodyForm));
    this.#hashes = new Map([...forms].map((form) => [form, new BodyHash(form, lengths(claims, form))]));
  }

  /** How many hashes each octet goes through. */
  get size(): number {
    return this.#hashes.size;
  }

  update(chunk: Uint8Array): void {
    for (const hash of this.#hashes.values()) hash.update(chunk);
  }

  /** After the last octet. The form must be one of the claims'. */
  end(form: Canonicalization): HashedBody {
    const hash = this.#hashes.get(form);
    if (hash === undefined) throw new Error(`nobody asked for the ${form} form`);
    return hash.end();
  }
}

function lengths(claims: readonly BodyClaim[], form: Canonicalization): readonly number[] {
  return claims.flatMap((claim) =>
    claim.bodyForm === form && claim.bodyBytesSigned !== undefined ? [claim.bodyBytesSigned] : [],
  );
}
