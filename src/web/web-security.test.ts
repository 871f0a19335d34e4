import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linkLifeMs } from '#identity/one-time-links.ts';
import { sessionIdleMs, sessionLifeMs } from '#identity/web-sessions.ts';
import { formBytesMax } from './form-values.ts';
import { openPaths, routes } from './routes.ts';
import { cookieId } from './session-cookie.ts';
import { makeWeb, origin } from './web.fixture.ts';

const network = '198.51.100.0/24';

test('S-14: a link lets in once, by its button, and the page it opens does not spend it', async () => {
  const { ask, post, links, events } = makeWeb();
  const link = links.issue();
  for (let looks = 0; looks < 3; looks += 1) {
    const opened = await ask(`/enter/${link}`);
    assert.equal(opened.status, 200);
    assert.match(opened.text, new RegExp(`name="link" value="${link}"`));
    assert.equal(opened.response.headers.get('set-cookie'), null);
  }
  const entered = await post('/enter', { link });
  assert.equal(entered.status, 303);
  assert.match(
    entered.response.headers.get('set-cookie') ?? '',
    /^__Host-postern-admin=[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Strict$/,
  );
  const again = await post('/enter', { link });
  assert.equal(again.status, 403);
  assert.equal(again.response.headers.get('set-cookie'), null);
  const [event] = events;
  assert.ok(event?.name === 'administration' && event.operation === 'sign in' && event.by === 'web');
  assert.ok(!JSON.stringify(events).includes(link), 'no link stands in the log');
});

test('S-14: a link is of no use after its time, and guesses are counted against who makes them (I-80)', async () => {
  const { post, links, clock, refused } = makeWeb();
  const link = links.issue();
  await clock.advance(linkLifeMs);
  assert.equal((await post('/enter', { link })).status, 403);
  assert.equal((await post('/enter', { link: 'guess' })).status, 403);
  assert.equal((await post('/enter', {})).status, 403);
  assert.deepEqual(refused, ['203.0.113.5', '203.0.113.5', '203.0.113.5']);
});

test('S-14: who is not signed in sees no page, and changes nothing', async () => {
  const { ask, post, bans } = makeWeb();
  for (const { method, path } of routes) {
    const answer = method === 'GET' ? await ask(path) : await post(path, { network, entry: network });
    assert.equal(answer.status, method === 'GET' ? 303 : 403, `${method} ${path}`);
    assert.doesNotMatch(answer.text, /form-token|Version|0\.0\.0/, path);
  }
  assert.deepEqual(bans.list(), []);
});

test('P-03: all that answers without a session stands in one table', async () => {
  const { ask } = makeWeb();
  const open = openPaths
    .filter(({ method }) => method === 'GET')
    .map(({ path }) => path.replace(':link', 'x'));
  for (const path of open) assert.equal((await ask(path)).status, 200, path);
  for (const path of ['/x', '/enter', '/%00', '/..%2f', '/style.css/x', '/leave'])
    assert.ok([404, 405].includes((await ask(path)).status), path);
});

test('S-14: a session ends when nobody uses it, after its time, and when one signs out', async () => {
  const { clock, signIn } = makeWeb();
  const idle = await signIn();
  const used = await signIn();
  for (let ms = 0; ms < sessionLifeMs; ms += sessionIdleMs - 1) {
    assert.equal((await used.get('/')).status, 200);
    await clock.advance(sessionIdleMs - 1);
  }
  assert.equal((await idle.get('/')).status, 303);
  assert.equal((await used.get('/')).status, 303);
  const leaving = await signIn();
  const left = await leaving.send('/leave', {});
  assert.match(left.response.headers.get('set-cookie') ?? '', /^__Host-postern-admin=; .*Max-Age=0$/);
  assert.equal((await leaving.get('/')).status, 303, 'the session is gone, whatever the browser keeps');
});

test('S-14: to sign in again is a new session, and the old one ends', async () => {
  const { signIn, post, links } = makeWeb();
  const first = await signIn();
  const second = await post('/enter', { link: links.issue() }, { cookie: first.cookie });
  assert.notEqual(second.response.headers.get('set-cookie')?.split(';', 1)[0], first.cookie);
  assert.equal((await first.get('/')).status, 303);
});

test('S-14: of two cookies of the name neither is believed', () => {
  const id = 'a'.repeat(43);
  assert.equal(cookieId(`x=1; __Host-postern-admin=${id}`), id);
  assert.equal(cookieId(`__Host-postern-admin=${id}; __Host-postern-admin=${id}`), undefined);
  for (const field of [
    undefined,
    '',
    '__Host-postern-admin=',
    `__Host-postern-admin=${id}x`,
    `postern-admin=${id}`,
  ])
    assert.equal(cookieId(field), undefined);
});

test('S-14: a form counts only from our own page, with the token of the session', async () => {
  const { post, signIn, bans, events } = makeWeb();
  const { cookie, formToken } = await signIn();
  const other = await signIn();
  events.length = 0;
  const values = { network, 'form-token': formToken };
  const forged: readonly (readonly [string, Readonly<Record<string, string>>, object])[] = [
    ['another origin', values, { cookie, origin: 'https://evil.example' }],
    ['our name without TLS', values, { cookie, origin: 'http://mail.example.test:8443' }],
    ['another port', values, { cookie, origin: 'https://mail.example.test:9443' }],
    ['no origin that can be told', values, { cookie, origin: 'null' }],
    ['another site', values, { cookie, 'sec-fetch-site': 'cross-site' }],
    ['another host of the site', values, { cookie, 'sec-fetch-site': 'same-site' }],
    ['typed into the bar', values, { cookie, 'sec-fetch-site': 'none' }],
    ['no token', { network }, { cookie }],
    ['an empty token', { network, 'form-token': '' }, { cookie }],
    ['the token of another session', { network, 'form-token': other.formToken }, { cookie }],
  ];
  for (const [what, given, headers] of forged) {
    const answer = await post('/bans/add', given, headers);
    assert.equal(answer.status, 403, what);
  }
  assert.deepEqual([bans.list(), events], [[], []]);
  assert.equal((await post('/bans/add', values, { cookie })).status, 303);
  assert.equal(bans.list().length, 1);
});

test('S-14: whoever says neither Origin nor Sec-Fetch-Site is no browser', async () => {
  const { ask, signIn, bans } = makeWeb();
  const { cookie, formToken } = await signIn();
  const body = new URLSearchParams({ network, 'form-token': formToken }).toString();
  const headers = { cookie, 'content-type': 'application/x-www-form-urlencoded' };
  assert.equal((await ask('/bans/add', { method: 'POST', body, headers })).status, 403);
  assert.deepEqual(bans.list(), []);
});

test('S-14: nobody is made to sign in or to leave by a form of somebody else', async () => {
  const { post, signIn, links } = makeWeb();
  const { cookie, get } = await signIn();
  const evil = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
  assert.equal((await post('/leave', {}, { cookie })).status, 403);
  assert.equal((await post('/leave', {}, { cookie, ...evil })).status, 403);
  const link = links.issue();
  assert.equal((await post('/enter', { link }, evil)).status, 403);
  assert.equal((await get('/')).status, 200);
  assert.equal(links.spend(link), true, 'it was not spent');
});

test('S-14: asked under a name that is not ours nothing is answered (DNS rebinding)', async () => {
  const { ask, signIn } = makeWeb();
  const { cookie } = await signIn();
  for (const host of [
    'evil.example',
    'mail.example.test.evil.example',
    'evil.example:8443',
    '192.0.2.2',
    '[::1]',
    'a b',
    '',
  ])
    assert.equal((await ask('/', { headers: { cookie, host } })).status, 421, host);
  for (const host of [
    'mail.example.test',
    'MAIL.example.test:1',
    'localhost:8443',
    '192.0.2.1:8443',
    '192.0.2.1',
  ])
    assert.equal((await ask('/', { headers: { cookie, host } })).status, 200, host);
  const six = await ask('/', { headers: { cookie, host: '[::1]:8443' } }, { localAddress: '::1' });
  assert.equal(six.status, 200);
});

test('S-14: every answer forbids scripts, frames, sniffing and keeping; HSTS over TLS under a real name', async () => {
  const { ask, signIn } = makeWeb();
  const { cookie } = await signIn();
  const plain = { isEncrypted: false };
  const answers = [
    await ask('/', { headers: { cookie } }),
    await ask('/'),
    await ask('/nowhere'),
    await ask('/style.css'),
    await ask('/', { method: 'DELETE' }),
    await ask('/', { method: 'POST' }),
    await ask('/', { headers: { host: 'evil.example' } }),
  ];
  for (const { response } of answers) {
    const csp = response.headers.get('content-security-policy') ?? '';
    assert.match(
      csp,
      /^default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'$/,
    );
    for (const [name, value] of [
      ['x-content-type-options', 'nosniff'],
      ['referrer-policy', 'same-origin'],
      ['cache-control', 'no-store'],
      ['cross-origin-opener-policy', 'same-origin'],
      ['cross-origin-resource-policy', 'same-origin'],
    ] as const)
      assert.equal(response.headers.get(name), value, name);
    assert.equal(response.headers.get('access-control-allow-origin'), null);
  }
  const hsts = async (host: string, from = {}) =>
    (await ask('/', { headers: { host } }, from)).response.headers.get('strict-transport-security');
  assert.equal(await hsts('mail.example.test:8443'), 'max-age=31536000');
  assert.equal(await hsts('mail.example.test:8443', plain), null);
  assert.equal(await hsts('localhost:8443'), null, 'all of the machine would be concerned');
});

test('S-14: other methods and unknown places do nothing, and say so', async () => {
  const { ask, signIn } = makeWeb();
  const { cookie, get } = await signIn();
  for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
    const answer = await ask('/bans', { method, headers: { cookie, origin } });
    assert.equal(answer.status, 405, method);
    assert.ok(answer.response.headers.get('allow'), method);
  }
  assert.equal((await get('/bans/add')).status, 405);
  assert.equal((await get('/nothing')).status, 404);
  const head = await ask('/bans', { method: 'HEAD', headers: { cookie } });
  assert.deepEqual([head.status, head.text], [200, '']);
});

test('S-09: a form has a size and a kind', async () => {
  const { post, ask, signIn, bans } = makeWeb();
  const { cookie, formToken } = await signIn();
  const given = { 'form-token': formToken, network, reason: 'x'.repeat(formBytesMax) };
  assert.equal((await post('/bans/add', given, { cookie })).status, 413);
  const headers = { cookie, origin, 'sec-fetch-site': 'same-origin' };
  for (const type of ['text/plain', 'application/json', 'multipart/form-data; boundary=x']) {
    const sent = { method: 'POST', body: '{}', headers: { ...headers, 'content-type': type } };
    assert.equal((await ask('/bans/add', sent)).status, 415, type);
  }
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(16 * 1024).fill(0x61)),
  });
  const type = { 'content-type': 'application/x-www-form-urlencoded' };
  const flood = { method: 'POST', body: endless, duplex: 'half', headers: { ...headers, ...type } };
  assert.equal((await ask('/bans/add', flood as RequestInit)).status, 413);
  assert.deepEqual(bans.list(), []);
});

test('a stranger who goes away in the middle of a form is no bug of ours', async () => {
  const { ask, events } = makeWeb();
  const broken = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.error(new Error('aborted')),
  });
  const type = { 'content-type': 'application/x-www-form-urlencoded' };
  const headers = { origin, 'sec-fetch-site': 'same-origin', ...type };
  const sent = { method: 'POST', body: broken, duplex: 'half', headers };
  assert.equal((await ask('/enter', sent as RequestInit)).status, 400);
  assert.deepEqual(events, []);
});

test('a bug of ours shows nothing of itself to the browser, and all of itself in the log', async () => {
  const { world, signIn, events } = makeWeb();
  const { get } = await signIn();
  Object.assign(world.flow, {
    report: () => {
      throw new Error('secret inside');
    },
  });
  const answer = await get('/flow');
  assert.equal(answer.status, 500);
  assert.doesNotMatch(answer.text, /secret inside|\.ts/);
  const bug = events.find(({ name }) => name === 'session-bug');
  assert.match(JSON.stringify(bug), /secret inside/);
});
