import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeRandom } from '#platform/fake-random.ts';
import { linkLifeMs, linksMax, OneTimeLinks } from './one-time-links.ts';
import { sessionIdleMs, sessionLifeMs, sessionsMax, WebSessions } from './web-sessions.ts';

function make() {
  const clock = createFakeClock();
  const parts = { clock, random: createFakeRandom(1) };
  return { clock, links: new OneTimeLinks(parts), sessions: new WebSessions(parts) };
}

test('S-14: a link lets in once, and not after its time', async () => {
  const { clock, links } = make();
  const [first, second] = [links.issue(), links.issue()];
  assert.match(first, /^[\w-]{43}$/);
  assert.notEqual(first, second);
  assert.equal(links.spend('guess'), false);
  assert.equal(links.spend(first), true);
  assert.equal(links.spend(first), false, 'used');
  await clock.advance(linkLifeMs);
  assert.equal(links.spend(second), false, 'too late');
});

test('S-09: links that nobody uses do not pile up; the newest hold', () => {
  const { links } = make();
  const issued = Array.from({ length: linksMax + 3 }, () => links.issue());
  const held = issued.map((secret) => links.spend(secret));
  assert.deepEqual(
    held,
    issued.map((_, index) => index >= 3),
  );
});

test('S-14: a session ends when nobody uses it, when its time is over, and when it is ended', async () => {
  const { clock, sessions } = make();
  const idle = sessions.start().id;
  const used = sessions.start().id;
  const ended = sessions.start().id;
  sessions.end(ended);
  assert.equal(sessions.find(ended), undefined);
  assert.equal(sessions.find('guess'), undefined);
  for (let ms = 0; ms < sessionLifeMs - sessionIdleMs; ms += sessionIdleMs - 1) {
    assert.ok(sessions.find(used), String(ms));
    await clock.advance(sessionIdleMs - 1);
  }
  assert.equal(sessions.find(idle), undefined, 'idle');
  await clock.advance(sessionIdleMs - 1);
  await clock.advance(sessionIdleMs - 1);
  assert.equal(sessions.find(used), undefined, 'over');
});

test('S-14: ids and form tokens are never the same, and the name in the log opens nothing', () => {
  const { sessions } = make();
  const [one, other] = [sessions.start(), sessions.start()];
  const secrets = [one.id, other.id, one.session.formToken, other.session.formToken];
  assert.equal(new Set(secrets).size, 4);
  assert.equal(sessions.find(one.session.name), undefined);
  assert.ok(!one.id.includes(one.session.name));
});

test('S-09: there is room for so many sessions; the one used longest ago goes', () => {
  const { sessions } = make();
  const first = sessions.start().id;
  const second = sessions.start().id;
  for (let count = 2; count < sessionsMax; count += 1) sessions.start();
  assert.ok(sessions.find(first));
  sessions.start();
  assert.ok(sessions.find(first));
  assert.equal(sessions.find(second), undefined);
});
