/** Whose entries of addresses refuse at the greeting: nobody’s, those made by hand, or all. */
export const connectRefusals = ['never', 'manual', 'all'] as const;
export type ConnectRefusal = (typeof connectRefusals)[number];
