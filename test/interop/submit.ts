import assert from 'node:assert/strict';
import { runClient } from '#test/peers/peer.ts';
import type { Postern } from '#test/peers/postern.ts';
import { smallMessage } from './mail-text.ts';

/** The server's own account sends a small message by swaks: STARTTLS, AUTH PLAIN. */
export async function submit(server: Postern, to: string, subject: string): Promise<void> {
  const login = ['--auth', 'PLAIN', '--auth-user', server.address, '--auth-password', server.password];
  const way = ['--server', `127.0.0.1:${String(server.port('submission', 'starttls'))}`, '--tls'];
  const sent = await runClient(
    'swaks',
    [...way, ...login, '--from', server.address, '--to', to, '--data', '-'],
    {
      input: smallMessage({ from: server.address, to, subject }),
    },
  );
  assert.equal(sent.code, 0, sent.output);
}
