import { join } from 'node:path';
import type { TranscriptServer } from '#test/transcripts/run-folder.ts';
import { runTranscripts } from '#test/transcripts/run-folder.ts';
import { TestServer } from '#protocols/imap/server.fixture.ts';

/**
 * `setup tls starttls`: else TLS is implicit. `setup append-max N`: the largest message. `setup quota N`: octets of
 * the account. `setup trouble CODE`: the store answers everything with this trouble.
 */
async function makeServer(setup: ReadonlyMap<string, string>): Promise<TranscriptServer> {
  const server = await TestServer.start({
    appendSizeBytesMax: Number(setup.get('append-max') ?? 1_000_000),
    quotaBytes: setup.has('quota') ? Number(setup.get('quota')) : undefined,
    trouble: setup.get('trouble') === 'fenced',
  });
  return {
    role: 'imap',
    tlsMode: setup.get('tls') === 'starttls' ? 'starttls' : 'implicit',
    factory: server.factory,
  };
}

runTranscripts(join(import.meta.dirname, 'imap'), makeServer);
