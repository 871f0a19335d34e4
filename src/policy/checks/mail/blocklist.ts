import { check } from '../../check.ts';
import { silent } from '../../judgement.ts';
import type { Judgement } from '../../judgement.ts';

/**
 * The local block list on address, HELO name and sender (P-24). An allow entry of the address wins; one of the sender has
 * to be proven first: the block waits for the message (`blocklist-unproven`).
 */
export const blocklist = check({
  name: 'blocklist',
  stage: 'mail',
  class: 'list',
  meaning: 'Neither the connecting address nor HELO name or sender is on the local block list.',
  requirements: ['P-24', 'P-26'],
  source: 'P-24',
  action: 'refuse',
  weight: 10,
  reads: ['localClient', 'localSender'],
  judge({ localClient, localSender }): Judgement {
    const block = localClient.block ?? localSender.block;
    if (block === undefined) return silent;
    const evidence = { block };
    const finding = {
      kind: 'finding',
      reason: `the local block list has ${block.entry}`,
      reply: { detail: '7.1', text: `mail from ${block.subject} is not accepted here` },
    } as const;
    // Only noted, so that all other checks are still made of whom an allow entry names.
    const allow = localClient.allow ?? localSender.allow;
    return allow === undefined
      ? { ...finding, evidence }
      : { ...finding, evidence: { ...evidence, allow }, atMost: 'note' };
  },
});
