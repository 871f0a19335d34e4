/** What mail from outside comes through, cheapest first (I-60). */
export const layers = ['connect', 'helo', 'mail', 'rcpt', 'message', 'content'] as const;
export type Layer = (typeof layers)[number];

/** `stopped`: refused, put off or thrown away; `junked`: this layer sent it to Junk. */
export const layerOutcomes = ['passed', 'stopped', 'junked'] as const;
export type LayerOutcome = (typeof layerOutcomes)[number];
