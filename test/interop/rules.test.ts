import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startPostern } from '#test/peers/postern.ts';
import { SmtpWriter } from '#test/peers/smtp-writer.ts';

/** One message by SMTP; what the server says in the end, or at the recipient that it refuses. */
async function send(port: number, from: string, to: string): Promise<string> {
  const writer = await SmtpWriter.connect(port);
  try {
    return await writer.send(from, [to], `From: <${from}>\r\nTo: <${to}>\r\nSubject: x\r\n\r\nText.\r\n`);
  } catch (error) {
    return String(error);
  } finally {
    writer.close();
  }
}

test(
  'rules are made by command, hold for the next recipient, and outlive a restart with what was seen of limits (I-89, P-33)',
  { timeout: 180_000 },
  async (t) => {
    let server = await startPostern();
    t.after(() => server.end());
    const { address } = server;
    const from = 'a@shop.example';
    assert.match(await send(server.port('mx'), from, address), /^250 /);
    const words = ['sender=shop.example', `recipient=${address}`];
    const added = await server.postern(['rules', 'add', 'ads', 'refuse', ...words, '--reason', 'asked for']);
    assert.equal(added.code, 0, added.output);
    assert.match(await send(server.port('mx'), from, address), /550 5\.7\.1 this mail is not accepted here/);
    const asked = ['rules', 'test', '--to', address, '--from', from];
    assert.match((await server.postern(asked)).output, /rule ads says refuse \(asked for\)/);
    const traces = await server.postern(['trace', 'list', '--json']);
    const [newest] = (JSON.parse(traces.output) as { items: readonly { id: string }[] }).items;
    const shown = await server.postern(['trace', 'show', newest?.id ?? '']);
    assert.match(shown.output, /rule ads: asked for/);
    assert.match(
      (await server.postern(['rules', 'test', '--trace', newest?.id ?? ''])).output,
      /rule ads says/,
    );
    const wrong = await server.postern(['rules', 'add', 'x', 'accept', 'sender=a.example']);
    assert.notEqual(wrong.code, 0);
    assert.match(wrong.output, /anybody can claim/);

    await server.stop();
    server = await server.again();
    assert.match(await send(server.port('mx'), from, address), /550 5\.7\.1/);
    const report = await server.administer('limits show', { scope: 'server' });
    const [scope] = (report as { items: readonly { seen: number }[] }).items;
    assert.ok((scope?.seen ?? 0) >= 3, JSON.stringify(report));
    assert.equal((await server.postern(['rules', 'remove', 'ads'])).code, 0);
    assert.match(await send(server.port('mx'), from, address), /^250 /);
  },
);
