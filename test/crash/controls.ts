import type { Recording } from './record.ts';
import type { Step } from './step.ts';

/** A store without one of its syncs; the replayer must find it out at this share of its points at least. */
export interface Control {
  readonly name: string;
  readonly brokenShareMin: number;
  /** What it must find. */
  readonly finds: RegExp;
  /** Is it this sync? `path` is the file's first name below the root, or the folder's. */
  readonly isSync: (step: Step & { kind: 'sync' | 'sync-folder' }, path: string) => boolean;
}

const lostMail = /^lost: \S+ \S+ is there/;
const lostBody = /the body is missing|not a body file|does not open/;
const accountWal = /^data\/accounts\/.*-wal$/;

export const controls: readonly Control[] = [
  {
    name: 'the sync step of the accounts',
    brokenShareMin: 0.2,
    finds: lostMail,
    isSync: (step, path) => step.kind === 'sync' && step.by === 'reader' && accountWal.test(path),
  },
  {
    name: 'the sync before 250',
    brokenShareMin: 0.2,
    finds: lostMail,
    isSync: (step, path) => step.kind === 'sync' && step.by === 'reader' && path === 'data/queue.db-wal',
  },
  {
    name: 'any sync of the accounts, the reserved blocks among them',
    brokenShareMin: 0.1,
    finds: /^renamed: |^UIDNEXT|^HIGHESTMODSEQ/,
    isSync: (step, path) => step.kind === 'sync' && accountWal.test(path),
  },
  {
    name: 'the syncs of large bodies',
    brokenShareMin: 0.2,
    finds: lostBody,
    isSync: (step, path) => step.kind === 'sync' && path.startsWith('data/bodies/'),
  },
  {
    name: 'the syncs of their folders',
    brokenShareMin: 0.2,
    finds: lostBody,
    isSync: (step, path) => step.kind === 'sync-folder' && path.startsWith('data/bodies/'),
  },
];

/** Which steps a store without this sync would not have made. */
export function stepsOf({ isSync }: Control, { steps, root }: Recording): (step: Step) => boolean {
  const names = new Map(
    steps.flatMap((step) => (step.kind === 'create' ? [[step.file, step.path] as const] : [])),
  );
  return (step) => {
    if (step.kind === 'sync') return isSync(step, (names.get(step.file) ?? '').slice(root.length + 1));
    return step.kind === 'sync-folder' && isSync(step, step.path.slice(root.length + 1));
  };
}
