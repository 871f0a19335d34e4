import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClientAddress } from '#base/client-address.ts';
import { parseAddress } from '#mail/address.ts';
import { html } from './html.ts';
import { makeWeb } from './web.fixture.ts';

const hostile = `<script>alert(1)</script>"'><img src=x onerror=alert(2)>&amp;`;

/** Nothing that was typed or came from outside became markup. */
function isClean(text: string): void {
  assert.doesNotMatch(text, /<script|<img src=x|onerror=alert\(2\)>|"'>|alert\(1\)<\//);
}

test('what reaches a page is escaped, whatever it is, and markup is made by us alone', () => {
  assert.equal(
    html`<p title="${hostile}">${[hostile, 1, undefined, false, null]}</p>`.toString(),
    '<p title="&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&gt;&lt;img src=x onerror=alert(2)&gt;&amp;amp;">&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&gt;&lt;img src=x onerror=alert(2)&gt;&amp;amp;1</p>',
  );
  assert.equal(html`<b>${html`<i>${'<'}</i>`}</b>`.toString(), '<b><i>&lt;</i></b>');
  assert.equal(html`${'a\u202eb\0c'}`.toString(), 'a?b?c');
});

test('no page has a script, a style of its own or anything of another origin', async () => {
  const { signIn } = makeWeb();
  const { get } = await signIn();
  for (const path of [
    '/',
    '/bans',
    '/block',
    '/allow',
    '/flow',
    '/flow/rule',
    '/sign-in',
    '/enter/x',
    '/none',
  ]) {
    const { text } = await get(path);
    assert.doesNotMatch(
      text,
      /<script|<style|\sstyle=|\son[a-z]+=|https?:|javascript:|<iframe|<object/i,
      path,
    );
    assert.match(text, /<meta name="viewport"/);
    for (const [, form = ''] of text.matchAll(/(<form[\s\S]*?<\/form>)/g))
      if (!form.includes('action="/enter"')) assert.match(form, /name="form-token" value="[\w-]{43}"/, path);
  }
});

test('I-83: bans are listed with why, since and until when; one is lifted, one is made', async () => {
  const { signIn, bans, events, clock } = makeWeb();
  const client = '198.51.100.7' as ClientAddress;
  bans.strike({ client, reason: 'logins', evidence: { count: 20, listener: 'imaps', users: [hostile] } });
  bans.strike({
    client: '2001:db8::1' as ClientAddress,
    reason: 'connections',
    evidence: { count: 300, listener: 'mx' },
  });
  const { get, send } = await signIn();
  const { text } = await get('/bans');
  assert.match(text, /198\.51\.100\.7\/32/);
  assert.match(text, /20 failed log-ins as &lt;script&gt;.* on imaps/);
  assert.match(text, /300 refused connections on mx/);
  assert.match(text, /in 10 min/);
  isClean(text);

  events.length = 0;
  const lifted = await send('/bans/lift', { network: '198.51.100.7/32' });
  assert.equal(lifted.to, '/bans');
  assert.match(lifted.landed?.text ?? '', /198\.51\.100\.7\/32 is let in again/);
  assert.doesNotMatch((await get('/bans')).text, /198\.51\.100\.7/, 'what was done is told once');
  const act = events.find(({ name }) => name === 'administration');
  assert.ok(act?.name === 'administration');
  assert.deepEqual([act.operation, act.by, act.client], ['ban remove', 'web', '203.0.113.5']);
  assert.match(act.session ?? '', /^[\w-]{10}$/);
  assert.equal((await send('/bans/lift', { network: '198.51.100.7/32' })).status, 404);

  const added = await send('/bans/add', { network: '192.0.2.0/24', for: '2h', reason: hostile });
  assert.match(added.landed?.text ?? '', /Nobody is let in from 192\.0\.2\.0\/24 until /);
  isClean(added.landed?.text ?? '');
  await clock.advance(2 * 3_600_000);
  assert.doesNotMatch((await get('/bans')).text, /<code>192\.0\.2\.0\/24/);
});

test('I-83: what is wrong with a ban is told in the words of the command line, and the form stays as it was', async () => {
  const { signIn, bans } = makeWeb();
  const { send } = await signIn();
  const wrong = await send('/bans/add', { network: hostile, for: '2h', reason: 'a "reason"' });
  assert.equal(wrong.status, 422);
  assert.match(wrong.text, /Network must be an address or a network like/);
  assert.match(wrong.text, /name="for"\s+value="2h"/);
  assert.match(wrong.text, /value="a &quot;reason&quot;"/);
  isClean(wrong.text);
  const wide = await send('/bans/add', { network: '10.0.0.0/8' });
  assert.match(wide.text, /10\.0\.0\.0\/8 is very wide: say --wide if it is meant/);
  assert.deepEqual(bans.list(), []);
  assert.equal((await send('/bans/add', { network: '10.0.0.0/8', wide: 'yes' })).status, 303);
  const late = await send('/bans/add', { network: '192.0.2.1', for: 'soon' });
  assert.equal(late.status, 422);
});

test('I-83: failures, connections, period and time of automatic bans are set in the page, and no other setting is', async () => {
  const { signIn, store } = makeWeb();
  const { get, send } = await signIn();
  assert.match((await get('/bans')).text, /name="value"\s+value="20"/);
  const set = await send('/bans/setting', { name: 'login.address_failures_max', value: '5' });
  assert.equal(set.to, '/bans#settings');
  assert.match(set.landed?.text ?? '', /login\.address_failures_max = 5/);
  assert.match(set.landed?.text ?? '', /name="default"/);
  const never = await send('/bans/setting', { name: 'bans.never', value: '192.0.2.0/24, 2001:db8::/32' });
  assert.equal(never.to, '/bans#never');
  assert.match((await get('/bans')).text, /value="192\.0\.2\.0\/24, 2001:db8::\/32"/);
  const wrong = await send('/bans/setting', { name: 'bans.time_first', value: hostile });
  assert.equal(wrong.status, 422);
  assert.match(wrong.text, /Bans\.time_first must be/);
  isClean(wrong.text);
  const other = await send('/bans/setting', { name: 'flow.rows', value: '' });
  assert.equal(other.status, 422);
  assert.match(other.text, /role="alert"/);
  const stored = await store.settings.get('flow.rows');
  assert.ok(stored.ok && stored.value === undefined);
  await send('/bans/setting', { name: 'login.address_failures_max', default: 'yes' });
  assert.doesNotMatch((await get('/bans')).text, /value="5"/);
});

test('P-24: entries of every kind are added with origin, reason and end, paged and removed', async () => {
  const { signIn, lists } = makeWeb();
  const { get, send } = await signIn();
  assert.match((await get('/block')).text, /The list is empty/);
  const kinds = [
    ['192.0.2.7', '192.0.2.7/32'],
    ['198.51.100.0/24', '198.51.100.0/24'],
    ['AS64496', 'AS64496'],
    ['country:DE', 'country:DE'],
    ['Spam.Example', 'spam.example'],
    ['a@spam.example', 'a@spam.example'],
    ['*@*.spam.example', '*@*.spam.example'],
  ] as const;
  for (const [entry, shown] of kinds) {
    const added = await send('/block/add', { entry, for: '1d', reason: hostile });
    assert.equal(added.to, '/block', entry);
    assert.ok(added.landed?.text.includes(`${shown} is on the block list until `), entry);
    isClean(added.landed?.text ?? '');
  }
  assert.match(
    (await send('/block/add', { entry: 'AS64497' })).landed?.text ?? '',
    /But it matches nobody until/,
  );
  const { text } = await get('/block');
  for (const [, shown] of kinds) assert.ok(text.includes(`<code>${shown}</code>`), shown);
  assert.match(text, /by hand, &lt;script&gt;/);
  const removed = await send('/block/remove', { entry: 'spam.example' });
  assert.match(removed.landed?.text ?? '', /spam\.example is off the block list/);
  assert.equal((await send('/block/remove', { entry: 'spam.example' })).status, 404);
  const wrong = await send('/block/add', { entry: 'no such thing', reason: 'kept "so"' });
  assert.equal(wrong.status, 422);
  assert.match(wrong.text, /value="kept &quot;so&quot;"/);
  assert.equal(lists.local.list('allow').length, 0);
  assert.equal((await send('/allow/add', { entry: 'country:DE' })).status, 422, 'a whole country');
  assert.equal((await send('/allow/add', { entry: 'country:DE', wide: 'yes' })).status, 303);
  assert.match((await get('/allow')).text, /country:DE/);
});

test('P-24: a long list comes in pages', async () => {
  const { signIn, lists, clock } = makeWeb();
  for (let index = 0; index < 150; index += 1) {
    const value = `d${index}.example`;
    lists.local.add({ list: 'block', subject: { kind: 'domain', value }, origin: 'administrator' });
    await clock.advance(1);
  }
  const { get } = await signIn();
  const first = await get('/block');
  const next = /href="(\/block\?cursor=[^"]+)"/.exec(first.text)?.[1] ?? '';
  const second = await get(next);
  const entries = [first, second].flatMap(({ text }) =>
    [...text.matchAll(/<code>(d\d+\.example)</g)].map(([, name]) => name),
  );
  assert.equal(new Set(entries).size, 150);
  assert.doesNotMatch(second.text, /cursor=/);
  assert.equal((await get(`/block?cursor=${encodeURIComponent(hostile)}`)).status, 200);
});

test('P-33: each limit stands beside what was seen of it, with a proposal; it is set and taken back', async () => {
  const { signIn, rows, flow } = makeWeb();
  const [server] = flow;
  Object.assign(server?.limits[0] ?? {}, { hits: 42, peak: 480 });
  const { get, send } = await signIn();
  const { text } = await get('/flow');
  for (const words of [
    'The whole server',
    'Service mx',
    'Listener mx',
    '480',
    '<b class="met">42</b>',
    'by default',
  ])
    assert.ok(text.includes(words), words);
  const overviewText = (await get('/')).text;
  assert.match(overviewText, /href="\/flow#server"/);
  assert.match(overviewText, /42/);
  const set = await send('/flow/set', {
    scope: 'listener:mx',
    'per-address': '8',
    new: '300',
    interval: '2m',
  });
  assert.equal(set.to, '/flow#listener%3Amx');
  assert.match(set.landed?.text ?? '', /listener:mx per-address=8 new=300 interval=2m/);
  assert.match(
    set.landed?.text ?? '',
    /name="per-address"\s+value="8"\s+aria-label="per-address of listener mx"/,
  );
  assert.equal(rows().length, 1);
  await send('/flow/set', { scope: 'listener:mx', 'per-address': '8' });
  assert.doesNotMatch((await get('/flow')).text, /value="300"/, 'what is left empty is as by default');
  const gone = await send('/flow/set', { scope: 'listener:mx' });
  assert.match(gone.landed?.text ?? '', /listener:mx is as by default/);
  assert.deepEqual(rows(), []);
});

test('P-33: a wrong limit is told where it was typed', async () => {
  const { signIn, rows } = makeWeb();
  const { send } = await signIn();
  const wrong = await send('/flow/set', { scope: 'listener:mx', open: hostile });
  assert.equal(wrong.status, 422);
  isClean(wrong.text);
  assert.match(wrong.text, /value="&lt;script&gt;/);
  assert.equal((await send('/flow/set', { scope: 'listener:none', open: '5' })).status, 404);
  assert.equal((await send('/flow/set', { scope: hostile, open: '5' })).status, 422);
  assert.deepEqual(rows(), []);
});

test('I-92: rules allow, deny and limit by network, range or address, by priority, anywhere; they are changed and removed', async () => {
  const { signIn, rows } = makeWeb();
  const { get, send } = await signIn();
  const deny = {
    name: 'bad',
    action: 'deny',
    who: '203.0.113.7-203.0.113.99',
    on: 'listener:mx',
    priority: '10',
  };
  const made = await send('/flow/rule', deny);
  assert.match(
    made.landed?.text ?? '',
    /rule:bad deny 203\.0\.113\.7-203\.0\.113\.99 on=listener:mx priority=10/,
  );
  assert.match(
    (await send('/flow/rule', { ...deny, name: 'ours', action: 'allow', who: '192.0.2.1', on: 'service:mx' }))
      .landed?.text ?? '',
    /ours/,
  );
  const limit = {
    name: 'slow',
    action: 'limit',
    who: '198.51.100.0/24',
    on: 'server',
    priority: '5',
    open: '2',
  };
  await send('/flow/rule', limit);
  assert.deepEqual(
    rows().map((row) => (row.kind === 'rule' ? [row.name, row.action, row.priority] : [])),
    [
      ['bad', 'deny', 10],
      ['ours', 'allow', 10],
      ['slow', 'limit', 5],
    ],
  );
  const { text } = await get('/flow/rule?name=slow');
  assert.match(text, /value="198\.51\.100\.0\/24"/);
  assert.match(text, /<option value="limit" selected>/);
  await send('/flow/rule', { ...limit, open: '3' });
  assert.match((await get('/flow')).text, /open=3/);
  const wrong = await send('/flow/rule', { ...limit, name: hostile, who: hostile });
  assert.equal(wrong.status, 422);
  isClean(wrong.text);
  assert.match(wrong.text, /<option value="limit" selected>/, 'the form stays as it was');
  assert.equal((await get(`/flow/rule?name=${encodeURIComponent(hostile)}`)).status, 404);
  const removed = await send('/flow/rule/remove', { name: 'slow' });
  assert.match(removed.landed?.text ?? '', /Gone: the rule slow/);
  assert.equal(rows().length, 2);
});

test('I-92: a rule on a listener that is gone stays there when it is looked at and saved', async () => {
  const { signIn, rows, store, world } = makeWeb();
  const row = 'rule:old deny 203.0.113.7 on=listener:gone';
  await store.settings.set('flow.rows', [row], 0);
  await world.notices.settingChanged('flow.rows');
  const { get, send } = await signIn();
  const { text } = await get('/flow/rule?name=old');
  assert.match(text, /<option value="listener:gone" selected>/);
  const given = { name: 'old', action: 'deny', who: '203.0.113.7', priority: '100' };
  const saved = await send('/flow/rule', { ...given, on: 'listener:gone' });
  assert.equal(saved.status, 404);
  assert.match(saved.text, /<option value="listener:gone" selected>/);
  const [kept] = rows();
  assert.ok(kept?.kind === 'rule' && kept.on.kind === 'listener');
});

test('P-24: an entry whose name has what nobody sees is shown without it, and can be removed', async () => {
  const { signIn, lists } = makeWeb();
  const value = 'a\u200db@spam.example';
  lists.local.add({ list: 'block', subject: { kind: 'address', value }, origin: 'offender' });
  const { get, send } = await signIn();
  const { text } = await get('/block');
  assert.match(text, /<code>a\?b@spam\.example<\/code>/);
  const entry = /name="entry" value="([^"]*)"/.exec(text)?.[1] ?? '';
  assert.equal((await send('/block/remove', { entry })).status, 303);
  assert.deepEqual(lists.local.list('block'), []);
});

test('what waits is shown with the words of the servers that would not take it, as text', async () => {
  const { signIn, store } = makeWeb();
  const to = parseAddress('b@elsewhere.example', { smtpUtf8: true });
  assert.ok(to.ok);
  Object.assign(store.queue, {
    list: async () => ({
      ok: true,
      value: {
        items: [
          {
            id: 'q1',
            receivedAtMs: 1_767_225_500_000,
            expiresAtMs: 1_767_325_600_000,
            sizeBytes: 2048,
            from: undefined,
            recipients: [
              {
                address: to.value,
                route: { kind: 'local' },
                state: 'waiting',
                attempts: 2,
                last: { atMs: 1_767_225_600_000, reply: `451 ${hostile}`, inDoubt: false },
              },
            ],
          },
        ],
        next: undefined,
      },
    }),
  });
  const { get } = await signIn();
  const { text } = await get('/');
  assert.match(text, /b@elsewhere\.example/);
  assert.match(text, /451 &lt;script&gt;/);
  assert.match(text, /a bounce/);
  isClean(text);
});
