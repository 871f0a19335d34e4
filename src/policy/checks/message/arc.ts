import { check } from '../../check.ts';
import { silent } from '../../judgement.ts';
import type { Judgement } from '../../judgement.ts';

/** The ARC chain, where one is there whose sealer was named (I-42); for the record, it decides only with DMARC. */
export const arc = check({
  name: 'arc',
  stage: 'message',
  class: 'authentication',
  meaning: 'An ARC chain of the message is unbroken.',
  requirements: ['I-42'],
  source: 'RFC 8617 §5.2',
  action: 'note',
  weight: 0,
  reads: ['arc'],
  judge({ arc: chain }): Judgement {
    if (chain.result === 'none') return silent;
    const evidence = { sealers: chain.sets.map(({ sealer }) => sealer), reason: chain.reason };
    if (chain.result === 'pass') return { kind: 'pass', reason: chain.detail, evidence };
    if (chain.reason === 'dns') return { kind: 'unknown', reason: chain.detail, evidence };
    return {
      kind: 'finding',
      reason: chain.detail,
      evidence,
      reply: { detail: '7.29', text: 'the ARC chain of the message is broken' },
    };
  },
});
