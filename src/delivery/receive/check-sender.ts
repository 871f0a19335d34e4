import { formatAddress } from '#mail/address.ts';
import type { Address } from '#mail/address.ts';
import type { Accounts } from '#store/contract/accounts.ts';
import type { MailParameters, Refusal, TransactionContext } from './intake.ts';
import type { IntakeSettings } from './intake-settings.ts';
import { refusalOfTrouble, refuse } from './refusal.ts';

/** RFC 1870 §6.1: refused before it is sent (I-61). */
export function checkDeclaredSize(settings: IntakeSettings, mail: MailParameters): Refusal | undefined {
  return mail.sizeBytes !== undefined && mail.sizeBytes > settings.messageBytesMax
    ? messageTooLarge(settings)
    : undefined;
}

export function messageTooLarge(settings: IntakeSettings): Refusal {
  const text = `the message is larger than the ${settings.messageBytesMax} bytes that are taken here`;
  return refuse({ code: 552, detail: '3.4', text });
}

/** Whoever submits has logged in (S-01); LMTP and MX know no logins. */
export function checkSubmitter(context: TransactionContext): Refusal | undefined {
  return context.role === 'submission' && context.identity === undefined
    ? refuse({ code: 530, detail: '7.0', text: 'log in first' })
    : undefined;
}

export interface ClaimedSender {
  readonly accounts: Accounts;
  readonly context: TransactionContext;
  readonly sender: Address;
  /** Where it was claimed, in words. */
  readonly where: string;
}

/** P-13: an account sends only as itself. */
export async function checkOwnsSender(claim: ClaimedSender): Promise<Refusal | undefined> {
  const { identity } = claim.context;
  if (identity === undefined) return checkSubmitter(claim.context);
  const may = await claim.accounts.maySendAs(identity.account, claim.sender);
  if (!may.ok) return refusalOfTrouble(may.error);
  if (may.value) return undefined;
  const text = `${claim.where} <${formatAddress(claim.sender)}> does not belong to the account that is logged in`;
  return refuse({ code: 550, detail: '7.1', text });
}
