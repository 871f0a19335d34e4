/** What a system call did to the files below the recorded folder, in the order in which the calls returned. */
export type Step =
  /** A name for a new file; `file` numbers files in the order of their making, and is what the other steps name. */
  | { readonly kind: 'create'; readonly path: string; readonly file: number }
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'link' | 'rename'; readonly from: string; readonly to: string }
  | { readonly kind: 'unlink'; readonly path: string }
  | { readonly kind: 'write'; readonly file: number; readonly at: number; readonly bytes: Buffer }
  | { readonly kind: 'truncate'; readonly file: number; readonly length: number }
  /** Covers the writes that had returned before it began: those among the first `covers` steps. */
  | { readonly kind: 'sync'; readonly file: number; readonly covers: number; readonly by: Syncer }
  | { readonly kind: 'sync-folder'; readonly path: string; readonly covers: number }
  /** The workload promised something. */
  | { readonly kind: 'mark'; readonly text: string };

/** A WAL that only the sync step of the store opens is opened to read; SQLite's own syncs come by what it writes with. */
export type Syncer = 'reader' | 'writer';
