import type { WebSession } from '#identity/web-sessions.ts';
import type { Html } from './html.ts';
import { html } from './html.ts';

/** The rooms, in the order of the bar. */
const rooms = [
  { path: '/', name: 'Overview' },
  { path: '/flow', name: 'Flow control' },
  { path: '/bans', name: 'Bans' },
  { path: '/block', name: 'Block list' },
  { path: '/allow', name: 'Allow list' },
] as const;

export interface Page {
  readonly title: string;
  readonly body: Html;
  readonly hostname: string;
  /** `undefined`: nobody is signed in. */
  readonly signedIn:
    | { readonly session: WebSession; readonly path: string; readonly version: string }
    | undefined;
  /** What was done just now. */
  readonly note?: readonly string[] | undefined;
}

export function layout({ title, body, hostname, signedIn, note }: Page): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · Postern</title>
        <link rel="stylesheet" href="/style.css" />
        <link rel="icon" href="/icon.svg" type="image/svg+xml" />
      </head>
      <body>
        <header class="bar">
          <div class="brand">
            <img src="/icon.svg" alt="" width="22" height="22" /> Postern <span>${hostname}</span>
          </div>
          ${signedIn && bar(signedIn)}
        </header>
        <main>
          <h1>${title}</h1>
          ${note && html`<div class="notice done" role="status">${lines(note)}</div>`} ${body}
        </main>
        ${signedIn && html`<footer>Postern ${signedIn.version} on ${hostname}. Times are UTC.</footer>`}
      </body>
    </html>`;
}

function bar({ session, path }: NonNullable<Page['signedIn']>): Html {
  const links = rooms.map(
    (room) =>
      html`<a href="${room.path}" ${isAt(room.path, path) && html`aria-current="page"`}>${room.name}</a>`,
  );
  const leave = html`<button class="quiet">Sign out</button>`;
  return html`<nav aria-label="Rooms">${links}</nav>
    ${form({ session, action: '/leave', body: leave, className: 'leave' })}`;
}

function isAt(room: string, path: string): boolean {
  return room === '/' ? path === '/' : path.startsWith(room);
}

/** Where the session's token stands in a form. */
export const formTokenName = 'form-token';

/** A form of this session: without its token nothing that it asks for is done (S-14). */
export function form(parts: {
  readonly session: WebSession;
  readonly action: string;
  readonly body: Html;
  readonly className?: string;
}): Html {
  return html`<form method="post" action="${parts.action}" class="${parts.className ?? ''}">
    <input type="hidden" name="${formTokenName}" value="${parts.session.formToken}" />${parts.body}
  </form>`;
}

export function lines(texts: readonly string[]): readonly Html[] {
  return texts.map((text) => html`<p>${text}</p>`);
}
