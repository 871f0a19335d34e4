/** Thrown by the grammar, caught by `parseSpfRecord` and `parseExplanation` only. */
export class SpfSyntaxError extends Error {}
