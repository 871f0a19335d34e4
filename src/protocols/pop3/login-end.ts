import type { SaslStep } from '#identity/authenticator.ts';

/** How a login ended. */
export type LoginEnd = Exclude<SaslStep, { kind: 'challenge' }>;
