import type { Transaction } from './intake.ts';

/** Which of bare CR, bare LF and NUL occurred in a body (DESIGN §4). */
export type Anomalies = Parameters<Transaction['finish']>[0];
