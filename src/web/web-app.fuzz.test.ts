import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { openPaths } from './routes.ts';
import { makeWeb, origin } from './web.fixture.ts';

const runs = Number(process.env['POSTERN_FUZZ_RUNS'] ?? 1000);

const field = fc
  .string({ unit: 'binary-ascii', maxLength: 60 })
  .map((text) => text.replaceAll(/[^\x20-\x7e]/g, ''));
const asked = fc.record({
  method: fc.constantFrom('GET', 'POST', 'HEAD', 'PUT'),
  path: fc.oneof(
    fc.constantFrom(...openPaths.map(({ path }) => path)),
    fc.webPath({ size: 'small' }).map((path) => `/${path.replaceAll(/^\/+/g, '')}`),
    fc.string({ maxLength: 40 }).map((text) => `/enter/${encodeURIComponent(text)}`),
    fc.string({ unit: 'binary-ascii', maxLength: 20 }).map((text) => `/${text.replaceAll(/[^!-~]/g, '%')}`),
  ),
  host: fc.oneof(fc.constant('mail.example.test'), field),
  cookie: fc.oneof(
    field,
    field.map((text) => `__Host-postern-admin=${text}`),
  ),
  origin: fc.oneof(fc.constant(origin), fc.constant('https://mail.example.test'), field),
  site: fc.constantFrom('same-origin', 'cross-site', 'none', 'x'),
  type: fc.oneof(fc.constant('application/x-www-form-urlencoded'), field),
  body: fc.oneof(
    fc.string({ maxLength: 200 }),
    fc
      .dictionary(fc.constantFrom('link', 'form-token', 'x'), fc.string(), { maxKeys: 3 })
      .map((values) => new URLSearchParams(values).toString()),
  ),
});

test('P-03: whatever a stranger sends, he is not let in, breaks nothing and is answered under our headers', async () => {
  const { ask, events } = makeWeb();
  await fc.assert(
    fc.asyncProperty(asked, async ({ method, path, host, cookie, origin: from, site, type, body }) => {
      const headers = { host, cookie, origin: from, 'sec-fetch-site': site, 'content-type': type };
      const answer = await ask(path, {
        method,
        headers,
        ...(method === 'GET' || method === 'HEAD' ? {} : { body }),
      });
      assert.ok(answer.status < 500, `${method} ${path}: ${answer.status}`);
      assert.equal(answer.response.headers.get('cache-control'), 'no-store');
      assert.doesNotMatch(answer.response.headers.get('set-cookie') ?? '', /=[\w-]{43};/);
      assert.doesNotMatch(answer.text, /form-token/);
      assert.deepEqual(events, []);
    }),
    { numRuns: runs },
  );
});
