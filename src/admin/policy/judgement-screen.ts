import { checks } from '#policy/checks.ts';
import { cleanForeignText } from '#trace/foreign-text.ts';
import type { TraceStep } from '#trace/record.ts';
import { counted } from '../show.ts';
import { hanging, wrapText } from '../wrap-text.ts';
import type { ShownJudgement } from './show-judgement.ts';

/** As wide as most terminals and mail programs show without breaking lines. */
export const screenColumns = 88;
const nameColumns = 16;
const pointColumns = 5;

/** A judgement on one screen, for a person who does not know the standards. */
export function judgementScreen(shown: ShownJudgement): readonly string[] {
  return [
    ...verdictLines(shown),
    '',
    'What was judged',
    ...judgedLines(shown),
    '',
    ...foundLines(shown),
    '',
    ...hanging('  ', pointsWords(shown), screenColumns),
    '',
    'What would have changed it',
    ...shown.wouldChangeWords.slice(0, changesShownMax).flatMap((line) => hanging('  ', line, screenColumns)),
    '',
    'Nothing was delivered or remembered.',
  ];
}

/** Those that come first say most; the others stand in the JSON. */
const changesShownMax = 6;

function verdictLines(shown: ShownJudgement): readonly string[] {
  const { action, at, reply } = shown;
  const when = at === 'rcpt' ? 'before it is sent' : 'after it was sent';
  return [
    ...wrapText(headlines[action](when), screenColumns),
    '',
    ...label('Why', whyWords(shown)),
    ...(reply === null ? [] : label('Reply', cleanForeignText(reply))),
  ];
}

const headlines: Readonly<Record<ShownJudgement['action'], (when: string) => string>> = {
  accept: () => 'INBOX   This message would go to the inbox.',
  junk: () => 'JUNK    This message would go to the Junk folder.',
  refuse: (when) => `REFUSED This message would be refused ${when}.`,
  defer: (when) => `PUT OFF This message would be put off ${when}: the other server may try again.`,
  greylist: (when) =>
    `PUT OFF This message would be put off once ${when}: servers that come again are let in.`,
  discard: () => 'DROPPED This message would be taken and thrown away.',
};

function whyWords({ action, by, reason, setting }: ShownJudgement): string {
  if (action === 'accept') return 'Nothing speaks against it, or not enough.';
  if (by === 'score') return 'Several things together speak against it: see the points.';
  const words = `${upperFirst(cleanForeignText(reason))}.`;
  return setting === null ? words : `${words} (The check ${by} is set to ${setting}.)`;
}

function judgedLines({ judged: { client, helo, from }, asked, facts }: ShownJudgement): readonly string[] {
  const longestMs = Math.round(asked.reduce((most, { ms }) => Math.max(most, ms), 0));
  const questions = `${counted(asked.length, 'question')} to the DNS`;
  return [
    ...label('Client', `${client}, which greets as ${cleanForeignText(helo)}`),
    ...label('Sender', from === '' ? 'none, as a notification has' : `<${cleanForeignText(from)}>`),
    ...authorLines(facts['author']),
    ...label('Asked', asked.length === 0 ? 'nobody' : `${questions}, the longest took ${longestMs} ms`),
  ];
}

function authorLines(fact: unknown): readonly string[] {
  const author = (fact as { readonly author?: { readonly domain?: string } } | undefined)?.author;
  return author?.domain === undefined
    ? []
    : label('Author', `somebody at ${cleanForeignText(author.domain)}`);
}

function foundLines({ steps }: ShownJudgement): readonly string[] {
  const stages = Map.groupBy(steps, ({ stage }) => stage);
  return [
    'What was found',
    ...[...stages].flatMap(([stage, found]) => [
      `  ${stageWords[stage] ?? stage}`,
      ...found.flatMap(stepLines),
    ]),
  ];
}

const marks = { pass: 'ok', finding: '!!', error: '??', skipped: '--', off: '--' } as const;

function stepLines({ outcome, check, action, score, reason }: TraceStep): readonly string[] {
  const alone = action === undefined ? undefined : aloneWords[action];
  const text = cleanForeignText(reason ?? meaningOf(check)) + (alone === undefined ? '' : `: ${alone}`);
  const points = score === undefined ? '' : `+${score}`;
  const start = `  ${marks[outcome].padEnd(4)}${points.padEnd(pointColumns)}${check.padEnd(nameColumns)}  `;
  return hanging(start, text, screenColumns);
}

/** Findings that do more than count. */
const aloneWords: Readonly<Partial<Record<NonNullable<TraceStep['action']>, string>>> = {
  junk: 'this alone means Junk',
  greylist: 'this alone asks strangers to come again',
  defer: 'this alone puts it off',
  refuse: 'this alone refuses it',
  discard: 'this alone throws it away',
};

/** What is so when a check has nothing to say: the first sentence of its meaning. */
function meaningOf(name: string): string {
  const meaning = checks.find((row) => row.name === name)?.meaning ?? '';
  const end = meaning.indexOf('. ');
  return lowerFirst(meaning.slice(0, end < 0 ? meaning.length : end + 1).replace(/\.$/, ''));
}

const stageWords: Readonly<Partial<Record<TraceStep['stage'], string>>> = {
  connect: 'who connects',
  helo: 'how it greets',
  mail: 'who sends',
  rcpt: 'to whom',
  message: 'the message',
};

function pointsWords({ score, thresholds }: ShownJudgement): string {
  const { greylist, junk, refuse } = thresholds;
  return `${counted(score, 'point')} in all. From ${greylist} on strangers are asked to come again, from ${junk} on it is Junk, from ${refuse} on it is refused.`;
}

function label(name: string, text: string): readonly string[] {
  return hanging(`  ${name.padEnd(8)}`, text, screenColumns);
}

function lowerFirst(text: string): string {
  return /^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
