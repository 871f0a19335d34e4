import { check } from '../../check.ts';
import { silent } from '../../judgement.ts';
import type { Judgement } from '../../judgement.ts';
import { couldProveAllowed, provesAllowed } from '../../local-lists/proves-allowed.ts';

/**
 * A block that waited for the proof of an allow entry, and it did not come: a forged name lifts nothing (P-26). While what
 * could prove it is not answered the message is put off, never refused for good.
 */
export const blocklistUnproven = check({
  name: 'blocklist-unproven',
  stage: 'message',
  class: 'list',
  meaning: 'Who is on the local block list proves that they are on the allow list too.',
  requirements: ['P-24', 'P-26'],
  source: 'P-26',
  action: 'refuse',
  weight: 10,
  reads: ['localClient', 'localSender', 'localAuthor', 'spf', 'dkim', 'dmarc'],
  judge(facts): Judgement {
    const { localClient, localSender, localAuthor } = facts;
    const block = localClient.block ?? localSender.block ?? localAuthor.block;
    const allow = localSender.allow ?? localAuthor.allow;
    if (block === undefined || allow === undefined || localClient.allow !== undefined) return silent;
    if (provesAllowed(facts)) return silent;
    const finding = {
      kind: 'finding',
      reason: `the local block list has ${block.entry}, and nothing proves ${allow.entry} of the allow list`,
      evidence: { block, allow },
      reply: { detail: '7.1', text: `mail from ${block.subject} is not accepted here` },
    } as const;
    return couldProveAllowed(facts) ? { ...finding, atMost: 'defer' } : finding;
  },
});
