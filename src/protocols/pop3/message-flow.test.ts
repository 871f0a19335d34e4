import assert from 'node:assert/strict';
import { test } from 'node:test';
import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import type { Maildrop } from './maildrop.ts';
import { messageFlow } from './message-flow.ts';
import type { Answer } from './command.ts';

type Frame = Result<Uint8Array, Trouble>;

/** A message of these frames; tells when its source was let go. */
function source(frames: readonly Frame[]) {
  const state = { open: false };
  const body = async function* (): AsyncGenerator<Frame> {
    state.open = true;
    try {
      yield* frames;
    } finally {
      state.open = false;
    }
  };
  const message = { number: 1, uid: 1, sizeBytes: 1 };
  const request = { maildrop: { body } as unknown as Maildrop, message, text: 'x', bodyLines: 0 };
  return { state, answer: (): Promise<Answer> => messageFlow(request) };
}

const trouble: Frame = err({ code: 'unavailable', detail: 'damaged' });
const text = (words: string): Frame => ok(Buffer.from(words));

async function read(answer: Answer): Promise<string> {
  assert.ok(answer.kind === 'flow');
  let said = '';
  for await (const bytes of answer.flow) said += Buffer.from(bytes).toString();
  return said;
}

test('what a message is read from is let go, whichever way the reading ends', async () => {
  const refused = source([trouble, text('never')]);
  assert.equal((await refused.answer()).kind, 'err');
  assert.equal(refused.state.open, false);

  const top = source([text('A: b\r\n\r\n'), text('body')]);
  assert.equal(await read(await top.answer()), '+OK x\r\nA: b\r\n\r\n.\r\n');
  assert.equal(top.state.open, false);

  const broken = source([text('A: b\r\n'), trouble, text('never')]);
  await assert.rejects(read(await broken.answer()), /unavailable/);
  assert.equal(broken.state.open, false);
});
