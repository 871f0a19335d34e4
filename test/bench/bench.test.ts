import assert from 'node:assert/strict';
import { test } from 'node:test';
import { missingPeer } from '#test/peers/peer.ts';
import { measureCheckLayers, measureChecks } from '../../bench/checks.ts';
import type { Figure } from '../../bench/figures.ts';
import { measureImap } from '../../bench/imap.ts';
import { measureInbound } from '../../bench/inbound.ts';
import { measureOutbound } from '../../bench/outbound.ts';

/*
 * One small round of each bench, so that it does not rot. Machines are noisy: nothing here asserts a time, only that
 * both sides did all of the work. The figures come from `npm run bench`.
 */
const skip = missingPeer('opendkim', 'postfix', 'dovecot', 'smtp-source', 'unbound', 'gcc') ?? false;
const skipChecks = skip === false ? (missingPeer('rspamd', 'unshare') ?? false) : skip;

function hold(figure: Figure): void {
  for (const rate of [...figure.ours, ...figure.peer])
    assert.ok(Number.isFinite(rate) && rate > 0, figure.scenario);
  assert.equal(figure.ours.length, 1);
  assert.equal(figure.peer.length, 1);
}

test('inbound, one recipient and many, with slow syncs', { skip }, async () => {
  for (const place of [
    { recipients: 1, slowSyncMs: 1 },
    { recipients: 100, slowSyncMs: 0 },
  ] as const) {
    const figures = await measureInbound(place, { rounds: 1, messages: 200 });
    assert.equal(figures.length, 2);
    for (const figure of figures) hold(figure);
  }
});

test('every check, with the probes that both sides make them', { skip: skipChecks }, async () => {
  hold(await measureChecks({ keptConnections: true }, { rounds: 1, messages: 100, domainsEach: 1 }));
});

test('where the time goes', { skip: skipChecks }, async () => {
  const { threads, traces } = await measureCheckLayers(
    { keptConnections: false },
    { messages: 100, domainsEach: 1 },
  );
  const main = threads.find(({ thread }) => thread === 0);
  assert.ok(main !== undefined && main.busyUs > 0);
  const layersOf = (some: typeof threads): readonly string[] =>
    some.flatMap(({ layers }) => layers.map(([name]) => name));
  for (const name of ['mailauth/spf', 'net/dns', 'protocols/smtp'])
    assert.ok(layersOf([main]).includes(name), name);
  // Perhaps in a thread of its own.
  for (const name of ['mailauth/dkim', 'backends/sqlite']) assert.ok(layersOf(threads).includes(name), name);
  assert.equal(traces.length, 100);
});

test('outbound', { skip }, async () => {
  hold(await measureOutbound({ rounds: 1, messages: 200 }));
});

test('IMAP', { skip }, async () => {
  for (const figure of await measureImap({ rounds: 1, size: 300 })) hold(figure);
});
