import type { Schema } from './schema.ts';

/**
 * One account's file. A small delivery writes five pages: one leaf of `counter`, `message` and `ledger`, and of
 * `content` a leaf and what overflows. So there is no index over messages by age or size, and the index of changes holds
 * only messages whose MODSEQ is no longer that of their arrival: arrivals ascend with the UID and are found by it.
 *
 * - `account`: whose file this is; `lookup` is the sealed secret that keys its hashes and masks.
 * - `counter`: one row per mailbox, and row 0 for the account. `next` goes on from `mark` after a crash. Row 0's `next` is
 *   the next MODSEQ, its sums are over all mailboxes.
 * - `message.id` is mailbox number × 2^32 + UID. `born` is the MODSEQ of arrival, `size` is masked (`size-mask.ts`).
 * - `content.id` is the MODSEQ of the arrival that wrote it: never used twice. Copies share it; `shared` counts
 *   them when there is more than one. `blob` names the file of a large body.
 * - `vanished`: ranges of UIDs that went, for views and QRESYNC.
 * - `ledger`: (queue id, keyed hash of recipient), outliving the message. `appended`: the same for APPEND keys.
 * - `segment`: sealed text for search, headers and bodies apart; `id` as of the first message. `large_text`: text of bodies that are files.
 */
export const accountSchema: Schema = {
  name: 'account',
  migrations: [
    (db) =>
      db.exec(`
CREATE TABLE account(
  id INTEGER PRIMARY KEY CHECK (id = 1), account TEXT NOT NULL, lookup BLOB NOT NULL,
  mailbox_next INTEGER NOT NULL, uid_validity_last INTEGER NOT NULL) STRICT;
CREATE TABLE counter(
  number INTEGER PRIMARY KEY, next INTEGER NOT NULL, mark INTEGER NOT NULL, modseq INTEGER NOT NULL,
  messages INTEGER NOT NULL, unseen INTEGER NOT NULL, deleted INTEGER NOT NULL, bytes INTEGER NOT NULL) STRICT;
CREATE TABLE mailbox(
  number INTEGER PRIMARY KEY, id TEXT NOT NULL, uid_validity INTEGER NOT NULL,
  named BLOB NOT NULL, keywords BLOB) STRICT;
CREATE TABLE subscription(id BLOB PRIMARY KEY, name BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE message(
  id INTEGER PRIMARY KEY, modseq INTEGER NOT NULL, born INTEGER NOT NULL, flags INTEGER NOT NULL,
  internal INTEGER NOT NULL, saved INTEGER NOT NULL, size INTEGER NOT NULL, content INTEGER NOT NULL,
  email TEXT NOT NULL) STRICT;
CREATE INDEX changed ON message(id >> 32, modseq) WHERE modseq <> born;
CREATE TABLE content(id INTEGER PRIMARY KEY, summary BLOB NOT NULL, body BLOB NOT NULL) STRICT;
CREATE TABLE shared(content INTEGER PRIMARY KEY, messages INTEGER NOT NULL) STRICT;
CREATE TABLE blob(content INTEGER PRIMARY KEY, id TEXT NOT NULL) STRICT;
CREATE TABLE vanished(
  mailbox INTEGER NOT NULL, modseq INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
  PRIMARY KEY (mailbox, modseq, first)) STRICT, WITHOUT ROWID;
CREATE TABLE ledger(key BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TABLE appended(key BLOB PRIMARY KEY, at INTEGER NOT NULL, answer TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE segment(
  id INTEGER PRIMARY KEY, last INTEGER NOT NULL, stale INTEGER NOT NULL,
  head BLOB NOT NULL, body BLOB NOT NULL) STRICT;
CREATE TABLE large_text(content INTEGER PRIMARY KEY, text BLOB NOT NULL) STRICT;
`),
  ],
};
