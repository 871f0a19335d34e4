import { Hono } from 'hono';
import type { Context } from 'hono';
import type { AdminWorld } from '#admin/world.ts';
import type { OneTimeLinks } from '#identity/one-time-links.ts';
import { isSameSecret } from '#identity/random-secret.ts';
import type { WebSession, WebSessions } from '#identity/web-sessions.ts';
import type { EventSink } from '#trace/events.ts';
import { Desk } from './desk.ts';
import { emptyForm, readForm } from './form-values.ts';
import type { FormTrouble, FormValues } from './form-values.ts';
import type { Html } from './html.ts';
import { html } from './html.ts';
import { icon } from './icon.ts';
import { formTokenName, layout } from './layout.ts';
import { isOwnForm, isOwnHost } from './own-host.ts';
import { enterPage, signInPage } from './pages/sign-in.ts';
import { responseHeaders } from './response-headers.ts';
import type { Answer, Route } from './route.ts';
import { routes } from './routes.ts';
import { cookieId, dropCookie, setCookie } from './session-cookie.ts';
import { style } from './style.ts';
import type { WebHandler, WebPeer } from './web-peer.ts';

export interface WebAppParts {
  readonly world: AdminWorld;
  readonly links: OneTimeLinks;
  readonly sessions: WebSessions;
  readonly events: EventSink;
  /** Names of this server, in lower case, beside `localhost` and the address that is listened on. */
  readonly hosts: ReadonlySet<string>;
  /** Counts a link that lets nobody in; how long its answer shall take, in milliseconds. */
  readonly refusedLink: (peer: WebPeer) => Promise<number>;
}

type Env = { readonly Bindings: WebPeer; readonly Variables: { form: FormValues } };
type Asked = Context<Env>;

const formStatuses: Readonly<Record<FormTrouble, number>> = {
  'wrong-type': 415,
  'too-large': 413,
  'cut-off': 400,
};

const paths = [...new Set([...routes.map(({ path }) => path), '/leave', '/enter'])];

/** The administration in the browser: a request in, a response out (S-14, P-03). */
export function createWebApp(parts: WebAppParts): WebHandler {
  const app = new WebApp(parts);
  return async (request, peer) => app.fetch(request, peer);
}

class WebApp {
  readonly #parts: WebAppParts;
  readonly #hono: Hono<Env>;
  /** What was done, to be told on the next page. */
  readonly #notes = new WeakMap<WebSession, readonly string[]>();

  constructor(parts: WebAppParts) {
    this.#parts = parts;
    this.#hono = this.#makeRouter();
  }

  /** Whatever is answered carries the headers that keep browsers from mischief. */
  async fetch(request: Request, peer: WebPeer): Promise<Response> {
    const host = request.headers.get('host') ?? undefined;
    const response = isOwnHost(host, this.#parts.hosts, peer)
      ? await this.#hono.fetch(request, peer)
      : new Response('This server is not known by that name.\n', {
          status: 421,
          headers: { 'Content-Type': 'text/plain; charset=utf-8' },
        });
    const headers = responseHeaders({ host, isEncrypted: peer.isEncrypted });
    for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
    return response;
  }

  #makeRouter(): Hono<Env> {
    const hono = new Hono<Env>();
    hono.onError((error, c) => this.#bug(error, c));
    hono.notFound((c) => this.#page(c, { title: 'Not found', body: nothingHere, status: 404 }));
    hono.use(async (c, next) => (await this.#formTrouble(c)) ?? (await next()));
    hono.get('/style.css', (c) => c.body(style, 200, { 'Content-Type': 'text/css; charset=utf-8' }));
    hono.get('/icon.svg', (c) => c.body(icon, 200, { 'Content-Type': 'image/svg+xml' }));
    hono.get('/sign-in', (c) => this.#page(c, { title: 'Sign in', body: signInPage() }));
    hono.get('/enter/:link', (c) =>
      this.#page(c, { title: 'Sign in', body: enterPage(c.req.param('link')) }),
    );
    hono.post('/enter', (c) => this.#enter(c));
    hono.post('/leave', (c) => this.#leave(c));
    for (const route of routes) hono.on(route.method, route.path, (c) => this.#visit(c, route));
    for (const path of paths)
      hono.all(path, (c) =>
        this.#page(c, { title: 'Not in this way', body: nothingHere, status: 405, headers: allowed(path) }),
      );
    return hono;
  }

  /** Of what is not a look: it has to be a form of ours. `undefined`: go on. */
  async #formTrouble(c: Asked): Promise<Response | undefined> {
    const { method } = c.req;
    if (method === 'GET' || method === 'HEAD') return undefined;
    if (method !== 'POST')
      return this.#page(c, {
        title: 'Not in this way',
        body: nothingHere,
        status: 405,
        headers: { Allow: 'GET, HEAD, POST' },
      });
    if (!isOwnForm(c.req.raw.headers, c.req.header('host'), c.env.isEncrypted)) return this.#foreign(c);
    const form = await readForm(c.req.raw);
    if (!form.ok)
      return this.#page(c, { title: 'Not understood', body: notAForm, status: formStatuses[form.error] });
    c.set('form', form.value);
    return undefined;
  }

  async #visit(c: Asked, route: Route): Promise<Response> {
    const session = this.#sessionOf(c);
    if (session === undefined) return this.#turnAway(c);
    const form = c.get('form') ?? emptyForm;
    if (route.method === 'POST' && !isOf(session, form)) return this.#foreign(c);
    const { world, events } = this.#parts;
    const desk = new Desk({ world, events, session, peer: c.env, signal: c.req.raw.signal });
    const query = (name: string): string | undefined => c.req.query(name);
    return this.#say(c, session, await route.answer({ desk, session, form, query }));
  }

  #say(c: Asked, session: WebSession, answer: Answer): Response {
    if (answer.kind === 'page') return this.#page(c, answer);
    this.#notes.set(session, answer.note);
    return c.body(null, 303, { Location: answer.goTo });
  }

  #turnAway(c: Asked): Response {
    if (c.req.method !== 'POST') return c.body(null, 303, { Location: '/sign-in' });
    const body = signInPage('You are not signed in any more, and nothing was changed.');
    return this.#page(c, { title: 'Sign in', body, status: 403 });
  }

  async #enter(c: Asked): Promise<Response> {
    const { links, sessions, events, world, refusedLink } = this.#parts;
    const { client } = c.env;
    if (!links.spend(c.get('form').text('link'))) {
      const waitMs = await refusedLink(c.env);
      if (waitMs > 0) await world.clock.sleep(waitMs, c.req.raw.signal);
      const body = signInPage('This link was used already, or its five minutes are over.');
      return this.#page(c, { title: 'Sign in', body, status: 403 });
    }
    this.#endSession(c);
    const { id, session } = sessions.start();
    events.emit({ name: 'administration', operation: 'sign in', by: 'web', client, session: session.name });
    return c.body(null, 303, { Location: '/', 'Set-Cookie': setCookie(id) });
  }

  /** Nobody is made to leave by a form of somebody else. */
  #leave(c: Asked): Response {
    const session = this.#sessionOf(c);
    if (session !== undefined && !isOf(session, c.get('form'))) return this.#foreign(c);
    this.#endSession(c);
    return c.body(null, 303, { Location: '/sign-in', 'Set-Cookie': dropCookie });
  }

  #foreign(c: Asked): Response {
    return this.#page(c, { title: 'Not done', body: notOurForm, status: 403 });
  }

  #sessionOf(c: Asked): WebSession | undefined {
    const id = cookieId(c.req.header('cookie'));
    return id === undefined ? undefined : this.#parts.sessions.find(id);
  }

  #endSession(c: Asked): void {
    const id = cookieId(c.req.header('cookie'));
    if (id !== undefined) this.#parts.sessions.end(id);
  }

  #page(c: Asked, page: Shown): Response {
    const { world } = this.#parts;
    const session = this.#sessionOf(c);
    const note = session && this.#notes.get(session);
    if (session !== undefined) this.#notes.delete(session);
    const { title, body, status = 200, headers = {} } = page;
    const signedIn = session && { session, path: c.req.path, version: world.version };
    const text = layout({ title, body, hostname: world.hostname, signedIn, note });
    return new Response(`${text.toString()}\n`, {
      status,
      headers: { ...headers, 'Content-Type': 'text/html; charset=utf-8' },
    });
  }

  /** Our own mistake ends one request; what it was stands in the log alone. */
  #bug(error: Error, c: Asked): Response {
    const { listener, sessionId: session } = c.env;
    const detail = error.stack ?? error.message;
    this.#parts.events.emit({ name: 'session-bug', listener, session, detail });
    return this.#page(c, { title: 'Something went wrong', body: ourFault, status: 500 });
  }
}

function isOf({ formToken }: WebSession, form: FormValues): boolean {
  return isSameSecret(form.text(formTokenName), formToken);
}

interface Shown {
  readonly title: string;
  readonly body: Html;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

function allowed(path: string): Readonly<Record<string, string>> {
  const methods = routes.filter((route) => route.path === path).map(({ method }) => method);
  const looks = methods.includes('GET') ? ['GET', 'HEAD'] : [];
  const changes = methods.includes('POST') || methods.length === 0 ? ['POST'] : [];
  return { Allow: [...looks, ...changes].join(', ') };
}

const back = html`<p><a href="/">To the overview</a></p>`;
const nothingHere = html`<p class="lead">There is nothing here of that kind.</p>
  ${back}`;
const notAForm = html`<p class="lead">That was no form of this administration, or too large a one.</p>
  ${back}`;
const notOurForm = html`<p class="lead">
    The form was not made by this page in this session, so nothing was changed. Open the page again and
    repeat.
  </p>
  ${back}`;
const ourFault = html`<p class="lead">
    That was our fault, and nothing that you did wrong. The log says more (event <code>session-bug</code>).
  </p>
  ${back}`;
