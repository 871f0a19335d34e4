import type { Brand } from '#base/brand.ts';

/** A domain in its one spelling: lower-case A-labels, no trailing dot. Only `parseDomain` makes one. */
export type Domain = Brand<string, 'Domain'>;
