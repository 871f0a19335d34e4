import { keywordBitFirst, systemFlags } from '#store/contract/messages.ts';
import type { SearchQuery, SystemFlag } from '#store/contract/messages.ts';
import type { MailboxView } from '#store/view.ts';

type Test = (index: number) => boolean;

/** Answers a query from the shared view alone, if flags, UIDs and MODSEQs decide it; `undefined`: ask the store. */
export function searchView(view: MailboxView, query: SearchQuery): Uint32Array | undefined {
  const test = compile(view, query);
  if (test === undefined) return undefined;
  const found = new Uint32Array(view.count);
  let count = 0;
  for (let index = 0; index < view.count; index += 1) {
    if (!test(index)) continue;
    found[count] = view.uids[index] ?? 0;
    count += 1;
  }
  return found.subarray(0, count);
}

function compile(view: MailboxView, query: SearchQuery): Test | undefined {
  switch (query.kind) {
    case 'all':
      return () => true;
    case 'flag':
      return flagTest(view, query.flag, query.set);
    case 'uids':
      return uidTest(view, query.ranges);
    case 'modseq':
      return (index) => (view.modseqs[index] ?? 0) >= query.from;
    case 'not': {
      const inner = compile(view, query.query);
      return inner === undefined ? undefined : (index) => !inner(index);
    }
    case 'and':
    case 'or':
      return joined(view, query.kind, query.queries);
    default:
      return undefined;
  }
}

function joined(view: MailboxView, kind: 'and' | 'or', queries: readonly SearchQuery[]): Test | undefined {
  const tests: Test[] = [];
  for (const query of queries) {
    const test = compile(view, query);
    if (test === undefined) return undefined;
    tests.push(test);
  }
  return kind === 'and'
    ? (index) => tests.every((test) => test(index))
    : (index) => tests.some((test) => test(index));
}

function flagTest(view: MailboxView, flag: string, set: boolean): Test {
  const bit = flagBit(view, flag);
  return (index) => (((view.flags[index] ?? 0) & bit) !== 0) === set;
}

/** 0 for a keyword that no message of the mailbox has. */
function flagBit(view: MailboxView, flag: string): number {
  if (flag.startsWith('\\')) return systemFlags[flag as SystemFlag];
  const wanted = flag.toLowerCase();
  const position = view.keywords.findIndex((keyword) => keyword.toLowerCase() === wanted);
  return position < 0 ? 0 : 1 << (keywordBitFirst + position);
}

/** Indexes are tested in ascending order or not at all, so the range that fits last is the one to try first. */
function uidTest(view: MailboxView, ranges: readonly (readonly [number, number])[]): Test {
  let at = 0;
  return (index) => {
    const uid = view.uids[index] ?? 0;
    while ((ranges[at]?.[1] ?? Infinity) < uid) at += 1;
    return (ranges[at]?.[0] ?? Infinity) <= uid;
  };
}
