import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ImapReader } from '#test/peers/imap-reader.ts';
import { startPostern, type Postern } from '#test/peers/postern.ts';
import { SmtpWriter } from '#test/peers/smtp-writer.ts';

const messages = 40;
/** The bound: legitimate mail may take so many times its time without the attack. */
const slowdownMax = 5;
/** What ten thousand strangers may cost. */
const memoryBytesMax = 400 * 1024 * 1024;

/** The median time of one message with a connection of its own, in milliseconds. */
async function medianMs(server: Postern, name: string): Promise<number> {
  const times: number[] = [];
  for (let index = 0; index < messages; index += 1) {
    const beganMs = performance.now();
    const writer = await SmtpWriter.connect(server.port('mx'));
    const text = `From: <a@far.example>\r\nTo: <${server.address}>\r\nSubject: ${name} ${index}\r\n\r\nText.\r\n`;
    const reply = await writer.send('a@far.example', [server.address], text);
    assert.match(reply, /^250 /, `${name} ${index}`);
    writer.close();
    times.push(performance.now() - beganMs);
  }
  return times.sort((a, b) => a - b)[messages / 2] ?? 0;
}

function residentBytes(pid: number): number {
  const [, kilobytes = '0'] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}

test(
  '10,000 hostile connections: legitimate mail keeps coming, in time, and memory is bounded',
  { timeout: 300_000 },
  async (t) => {
    const first = await startPostern();
    await first.stop();
    const { config } = first.ready;
    // This machine's attackers meet the limits; only what is asked of the DNS is left out.
    writeFileSync(config, readFileSync(config, 'utf8').replace(/exempt = \[.*\]/, 'exempt = ["dns"]'));
    const server = await first.again();
    t.after(() => server.end());
    await medianMs(server, 'warming');
    const quietMs = await medianMs(server, 'quiet');
    const quietBytes = residentBytes(server.ready.pid);
    const flood = spawn(process.execPath, [
      join(import.meta.dirname, 'flood.ts'),
      String(server.port('mx')),
      String(server.port('imap', 'implicit')),
    ]);
    t.after(() => flood.kill('SIGKILL'));
    const [said] = (await once(flood.stdout, 'data')) as [Buffer];
    assert.equal(said.toString().trim(), 'ready');
    const floodedMs = await medianMs(server, 'flooded');
    const usedBytes = residentBytes(server.ready.pid) - quietBytes;
    t.diagnostic(`median ${quietMs.toFixed(1)} ms quiet, ${floodedMs.toFixed(1)} ms flooded`);
    t.diagnostic(`${(usedBytes / 1024 / 1024).toFixed(0)} MiB more`);
    assert.ok(floodedMs <= slowdownMax * quietMs, `${floodedMs} ms against ${quietMs} ms`);
    assert.ok(usedBytes < memoryBytesMax, `${usedBytes} bytes`);
    const listed = await server.postern(['ban', 'list', '--json']);
    assert.match(listed.output, /"network":"127\.250\.0\.1\/32","reason":"connections"/);
    flood.kill('SIGKILL');
    const reader = await ImapReader.connect({
      port: server.port('imap', 'starttls'),
      user: server.address,
      password: server.password,
    });
    const found = await reader.everything('INBOX');
    await reader.close();
    assert.equal(found.length, 3 * messages, 'none is lost');
  },
);
