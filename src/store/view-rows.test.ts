import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MessageRow, ModSeq, Uid } from './contract/messages.ts';
import { RowShelf, ViewRows } from './view-rows.ts';

function rowOf(uid: number, bodyBytes: number): MessageRow {
  const body = new Uint8Array(2 * bodyBytes).subarray(bodyBytes);
  return {
    uid: uid as Uid,
    modseq: 1 as ModSeq,
    flags: 0,
    internalDateMs: 0,
    savedAtMs: 0,
    sizeBytes: bodyBytes,
    emailId: '',
    summary: undefined,
    headers: undefined,
    body,
  };
}

test('a row is for who asks for the same, has memory of its own, and is replaced by the next', () => {
  const pool = new ViewRows();
  const shelf = new RowShelf(pool);
  shelf.put('body', rowOf(1, 1_000));
  assert.equal(shelf.get(1, 'body headers'), undefined);
  assert.equal(shelf.get(1, 'body')?.body?.buffer.byteLength, 1_000);
  shelf.put('body', { ...rowOf(1, 1_000), body: Buffer.alloc(9_000).subarray(8_000) });
  assert.equal(shelf.get(1, 'body')?.body?.buffer.byteLength, 1_000);
  shelf.put('body headers', rowOf(1, 1_000));
  assert.equal(shelf.get(1, 'body'), undefined);
  assert.equal(pool.bytes, 1_512);
});

test('what went is forgotten, and all is given back; a summary is not kept', () => {
  const pool = new ViewRows();
  const shelf = new RowShelf(pool);
  for (const uid of [1, 2, 3]) shelf.put('body', rowOf(uid, 10));
  shelf.forget([2, 7]);
  assert.equal(shelf.get(2, 'body'), undefined);
  assert.ok(shelf.get(3, 'body'));
  shelf.put('summary', { ...rowOf(4, 10), summary: {} as MessageRow['summary'] });
  assert.equal(shelf.get(4, 'summary'), undefined);
  shelf.end();
  shelf.put('body', rowOf(5, 10));
  assert.equal(shelf.get(5, 'body'), undefined, 'it was on its way when the account was removed');
  assert.equal(pool.bytes, 0);
});
