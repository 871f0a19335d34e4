/**
 * What makes a text a link, the more telling first. `clicked`: what a reader's program makes a link, loads, or reads off a
 * picture; `written`: has a scheme; `bare`: looks like a host; `address`: where mail shall go.
 */
export const linkKinds = ['clicked', 'written', 'bare', 'address'] as const;

/** A text that may be a link. */
export interface LinkCandidate {
  readonly text: string;
  readonly kind: (typeof linkKinds)[number];
  /** Where in its text it stands, when that is not among the words: `href`, `style`. */
  readonly how?: string;
}
