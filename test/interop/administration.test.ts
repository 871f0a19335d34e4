import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { missingPeer } from '#test/peers/peer.ts';
import { startPostern, type Postern } from '#test/peers/postern.ts';

const missing = missingPeer('chromium');
/** Pictures of all pages are kept here, if it is set. */
const pictures = process.env['POSTERN_PICTURES'];

const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const paths = ['/', '/bans', '/block', '/allow', '/flow', '/flow/rule', '/flow/rule?name=slow'];
const hostile = '<script>document.title="owned"</script>"><img src=x onerror=alert(1)>';

describe('the administration in a real browser (S-14)', { skip: missing ?? false, timeout: 240_000 }, () => {
  let server: Postern;
  let browser: Browser;
  let page: Page;
  let origin: string;
  const said: string[] = [];

  const link = async (): Promise<string> => {
    const { url } = (await server.administer('web link', {})) as { readonly url: string };
    return url;
  };

  before(async () => {
    server = await startPostern();
    browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: flags });
    const context = await browser.newContext({ ignoreHTTPSErrors: true });
    page = await context.newPage();
    // That a page was answered with 403 is said as well, and was asked for.
    page.on('console', (message) => {
      if (!/responded with a status of 4\d\d/.test(message.text())) said.push(message.text());
    });
    page.on('dialog', (dialog) => {
      said.push(dialog.message());
      void dialog.dismiss();
    });
    await server.administer('blocklist add', { entry: '127.0.0.1', for: '1m', reason: hostile });
    assert.match(await firstWords(server.port('mx')), /^554 /);
    await server.administer('ban add', { network: '192.0.2.0/24', for: '7d', reason: hostile });
    await server.administer('ban add', { network: '2001:db8::5' });
    await server.administer('limits set', { scope: 'listener:mx', words: ['per-address=50'] });
    await server.administer('limits set', {
      scope: 'rule:slow',
      words: ['limit', '203.0.113.0/24', 'open=2'],
    });
  });
  after(async () => {
    await browser.close();
    await server.end();
  });

  test('without a link there is a page that says how to get one', async () => {
    origin = new URL(await link()).origin;
    await page.goto(`${origin}/flow`);
    assert.equal(page.url(), `${origin}/sign-in`);
    assert.match(await page.innerText('main'), /postern web link/);
  });

  test('the link and its button let in, once', async () => {
    const url = await link();
    await page.goto(url);
    await page.click('main button');
    assert.equal(page.url(), `${origin}/`);
    assert.match(await page.innerText('h1'), /Overview/);
    const cookies = await page.context().cookies();
    assert.deepEqual(
      cookies.map(({ name, httpOnly, secure, sameSite, path }) => [name, httpOnly, secure, sameSite, path]),
      [['__Host-postern-admin', true, true, 'Strict', '/']],
    );
    await page.goto(url);
    await page.click('main button');
    assert.match(await page.innerText('main'), /used already/);
  });

  test('a ban is lifted, with what somebody wrote about it as text', async () => {
    await page.goto(`${origin}/bans`);
    assert.ok((await page.innerText('main')).includes(hostile));
    await page.locator('tr', { hasText: '192.0.2.0/24' }).getByRole('button', { name: 'Lift' }).click();
    assert.equal(page.url(), `${origin}/bans`);
    assert.match(await page.innerText('[role=status]'), /192\.0\.2\.0\/24 is let in again/);
    assert.doesNotMatch(await page.innerText('section'), /192\.0\.2\.0/);
  });

  test('a limit is set by its form, and a wrong one is told beside what was typed', async () => {
    await page.goto(`${origin}/flow`);
    await page.getByLabel('new of listener mx', { exact: true }).fill('many');
    await page.locator('[id="listener:mx"]').getByRole('button', { name: 'Save' }).click();
    assert.match(await page.innerText('[role=alert]'), /must be/i);
    const field = page.getByLabel('new of listener mx', { exact: true });
    assert.equal(await field.inputValue(), 'many');
    await field.fill('900');
    await page.locator('[id="listener:mx"]').getByRole('button', { name: 'Save' }).click();
    assert.match(await page.innerText('[role=status]'), /listener:mx per-address=50 new=900/);
  });

  for (const [look, width, colorScheme] of [
    ['wide', 1180, 'light'],
    ['phone', 360, 'light'],
    ['dark', 1180, 'dark'],
    ['phone-dark', 360, 'dark'],
  ] as const)
    test(`each page fits and breaks no rule of its own: ${look}`, async () => {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 800 });
      for (const path of paths) {
        const response = await page.goto(origin + path);
        assert.equal(response?.status(), 200, path);
        const [shown, content] = await Promise.all([
          page.evaluate<number>('innerWidth'),
          page.evaluate<number>('document.documentElement.scrollWidth'),
        ]);
        assert.ok(content <= shown, `${path} is ${content} wide on ${shown}`);
        assert.notEqual(await page.title(), 'owned');
        if (pictures === undefined) continue;
        mkdirSync(pictures, { recursive: true });
        const name = `${look}${path.replaceAll(/[^a-z]+/g, '-')}.png`;
        await page.screenshot({ path: join(pictures, name), fullPage: true });
      }
      assert.deepEqual(said, [], 'no script ran, no policy was broken');
    });

  test('a form on a page of somebody else does nothing', async () => {
    await server.administer('ban add', { network: '198.51.100.0/24' });
    await page.goto('about:blank');
    await page.setContent(
      `<form method="post" action="${origin}/bans/lift"><input name="network" value="198.51.100.0/24"><button>Win</button></form>`,
    );
    await page.click('button');
    await page.waitForURL(`${origin}/bans/lift`);
    assert.match(await page.innerText('main'), /nothing was changed/);
    const { items } = (await server.administer('ban list', {})) as {
      readonly items: readonly { network: string }[];
    };
    assert.ok(items.some(({ network }) => network === '198.51.100.0/24'));
  });

  test('who signs out is out', async () => {
    await page.goto(`${origin}/`);
    await page.getByRole('button', { name: 'Sign out' }).click();
    assert.equal(page.url(), `${origin}/sign-in`);
    await page.goto(`${origin}/bans`);
    assert.equal(page.url(), `${origin}/sign-in`);
  });

  test('P-24: an entry whose time is over lets in again', async () => {
    const until = Date.now() + 90_000;
    while (Date.now() < until && !(await firstWords(server.port('mx'))).startsWith('220 '))
      await new Promise((resolve) => setTimeout(resolve, 500));
    assert.match(await firstWords(server.port('mx')), /^220 /);
  });
});

function firstWords(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('data', (chunk) => {
      socket.destroy();
      resolve(String(chunk));
    });
    socket.once('error', reject);
  });
}
