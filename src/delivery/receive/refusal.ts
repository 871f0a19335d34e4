import type { TraceId } from '#base/id.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { cleanForeignText } from '#trace/foreign-text.ts';
import type { Refusal } from './intake.ts';

/** RFC 5321 §4.2.3 and RFC 4954: codes with which a command or message is refused for good. */
export type RefuseCode = 530 | 550 | 551 | 552 | 553 | 554;
/** And those that ask the client to come again. */
export type DeferCode = 421 | 450 | 451 | 452 | 454;

/** Subject and detail of RFC 3463; the class digit is not the caller's to choose. */
export type StatusDetail = `${number}.${number}`;

export interface RefusalWords<Code> {
  readonly code: Code;
  readonly detail: StatusDetail;
  readonly text: string;
  /** The session closes after the reply. */
  readonly close?: boolean;
}

/** A reply line has 512 octets with code, status and trace id (RFC 5321 §4.5.3.1.5). */
const textBytesMax = 440;

/** Refused for good: class 5 in code and status alike. */
export function refuse(words: RefusalWords<RefuseCode>): Refusal {
  return make(words, '5');
}

/** Put off: class 4 in code and status alike. */
export function defer(words: RefusalWords<DeferCode>): Refusal {
  return make(words, '4');
}

function make(words: RefusalWords<number>, statusClass: '4' | '5'): Refusal {
  const text = cleanForeignText(words.text, textBytesMax);
  return { code: words.code, status: `${statusClass}.${words.detail}`, text, close: words.close ?? false };
}

/** The same refusal with the way to its trace (CONTRACTS §4). */
export function withTrace(refusal: Refusal, trace: TraceId): Refusal {
  return { ...refusal, text: `${refusal.text} [T:${trace}]` };
}

export function actionOf(refusal: Refusal): 'refuse' | 'defer' {
  return refusal.code >= 500 ? 'refuse' : 'defer';
}

/** What the world's trouble sounds like to a client: always a temporary refusal, never a bounce. */
export function refusalOfTrouble(trouble: Trouble): Refusal {
  switch (trouble.code) {
    case 'disk-full':
      return defer({ code: 452, detail: '3.1', text: 'the mail system is full just now, try again later' });
    case 'over-quota':
      return defer({ code: 452, detail: '2.2', text: 'the mailbox is full' });
    case 'fenced':
      return defer({
        code: 451,
        detail: '3.0',
        text: 'the mailbox cannot be reached just now, try again later',
      });
    default:
      return defer({
        code: 451,
        detail: '3.0',
        text: 'the mail system cannot do this just now, try again later',
      });
  }
}
