import type { CheckClass } from '../check.ts';
import type { JudgedCheck } from '../judge-check.ts';
import type { ReplayedAction } from '../replay-record.ts';
import { remedies } from './remedies.ts';
import { counts } from './variations.ts';
import type { WhatWouldChange, WouldBe } from './what-would-change.ts';

/** What is told of in words; the whole stands in the JSON. */
const toldMax = 10;

/** "Would have …" */
export const wouldHave: Readonly<Record<ReplayedAction, string>> = {
  accept: 'reached the inbox',
  junk: 'gone to Junk',
  greylist: 'been put off once, as mail of strangers is,',
  defer: 'been put off',
  refuse: 'been refused',
  discard: 'been thrown away',
  'let-on': 'been let on to send the message, which nobody has seen',
};

/** One sentence a line, for the administrator. */
export function tellAdministrator(what: WhatWouldChange): readonly string[] {
  const { changes, action, asThen } = what;
  const changed = asThen
    ? []
    : [`Settings have changed since: now it would have ${wouldHave[action].replace(/,$/, '')}.`];
  if (changes.length === 0) return [...changed, 'Nothing single would have changed that.'];
  const more = changes.length - toldMax;
  return [
    ...changed,
    ...changes.slice(0, toldMax).map(sentence),
    ...(more > 0 ? [`… and ${more} more, with --json.`] : []),
  ];
}

function sentence({ words, action, unasked }: WouldBe): string {
  const open =
    unasked.length === 0
      ? ''
      : ` What ${unasked.length === 1 ? 'one check' : `${unasked.length} checks`} would have found was not asked then.`;
  return `Would have ${wouldHave[action]} if ${words}.${open}`;
}

/** Without settings, points and addresses of machines: what the sender's side would have had to do. */
export function tellRecipient({ changes, action }: WhatWouldChange): readonly string[] {
  if (action === 'accept') return [];
  const better = changes.filter((one) => one.action === 'accept' && isOfItsOwn(one));
  return better.map((one) => `It would have come to your inbox if ${recipientWords(one)}.`);
}

function isOfItsOwn({ kind }: WouldBe): boolean {
  return kind === 'fact' || kind === 'known' || kind === 'allowed';
}

function recipientWords({ kind, words }: WouldBe): string {
  return kind === 'allowed' ? 'the administrator had its sender on the allow list' : words;
}

/** P-17: of these the sender hears the check and the values; of lists what their refusal says, of content nothing. */
const toldToSenders: ReadonlySet<CheckClass> = new Set(['envelope', 'authentication']);

/**
 * What whoever sent it can do, one sentence each; nothing where content or reputation had a part in it, so that nobody
 * can feel his way along the score.
 */
export function tellSender({ replayed, known, asThen, action }: WhatWouldChange): readonly string[] {
  if (!asThen || action === 'accept' || action === 'junk') return [];
  if (action === 'greylist') return [comesAgain];
  const decided = replayed.judged.filter(counts);
  const deciding = decided.filter(({ check }) => check.name === replayed.verdict.by);
  const about = deciding.length > 0 ? deciding : decided;
  if (!about.every(mayBeTold)) return [];
  return about.flatMap(({ check }) => remedies.get(check.name)?.advice(known) ?? []);
}

function mayBeTold({ check }: JudgedCheck): boolean {
  return toldToSenders.has(check.class);
}

const comesAgain =
  'Nothing has to be done: your server tries again by itself in a few minutes, and is known from then on.';
