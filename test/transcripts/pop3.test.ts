import assert from 'node:assert/strict';
import { join } from 'node:path';
import { startPop3 } from '#protocols/pop3/pop3.fixture.ts';
import type { Pop3TestOptions } from '#protocols/pop3/pop3.fixture.ts';
import { runTranscripts } from '#test/transcripts/run-folder.ts';
import type { TranscriptServer } from '#test/transcripts/run-folder.ts';

/** Messages that `setup messages` names. */
const messages: Readonly<Record<string, string>> = {
  short: 'Subject: short\r\n\r\nhello\r\n',
  dots: 'Subject: dots\r\n\r\n.\r\n..two\r\nend without a line end.',
  lines: 'Subject: lines\r\nTo: a@b\r\n\r\none\r\ntwo\r\nthree\r\n',
  large: `Subject: large\r\n\r\n${'0123456789 abcdefghij\r\n'.repeat(5_000)}`,
};

const fenced = { ok: false, error: { code: 'fenced', file: 'f', detail: 'x' } } as const;

/** Trouble of the store at one operation. */
const troubles: Readonly<Record<string, NonNullable<Pop3TestOptions['change']>>> = {
  login: (store) => ({ ...store, mailboxes: { ...store.mailboxes, list: async () => fenced } }),
  expunge: (store) => ({ ...store, messages: { ...store.messages, expunge: async () => fenced } }),
  middle: (store) => ({
    ...store,
    messages: {
      ...store.messages,
      async *body() {
        yield { ok: true, value: Buffer.from('Subject: broken\r\n\r\nhalf a\r\n') } as const;
        yield fenced;
      },
    },
  }),
};

/**
 * `setup tls starttls`: else implicit. `setup messages short,dots,…`: what is in INBOX. `setup left N`: how many
 * are there after it. `setup trouble login|expunge|middle`.
 */
async function makeServer(setup: ReadonlyMap<string, string>): Promise<TranscriptServer> {
  const change = troubles[setup.get('trouble') ?? ''];
  const server = await startPop3(change === undefined ? {} : { change });
  for (const name of (setup.get('messages') ?? '').split(',')) {
    const text = messages[name];
    if (text !== undefined) await server.append(text);
  }
  const left = setup.get('left');
  return {
    role: 'pop3',
    tlsMode: setup.get('tls') === 'starttls' ? 'starttls' : 'implicit',
    factory: server.factory,
    finish: async () => {
      if (left !== undefined) assert.equal(await server.count(), Number(left), 'messages left in INBOX');
    },
  };
}

runTranscripts(join(import.meta.dirname, 'pop3'), makeServer);
