import type { Html } from '../html.ts';
import { html } from '../html.ts';

/** How one gets in, for whoever is not. */
export function signInPage(trouble?: string): Html {
  return html`${trouble !== undefined && html`<div class="notice trouble" role="alert"><p>${trouble}</p></div>`}
    <p class="lead">There is no password here. On the machine that Postern runs on, say:</p>
    <pre><code>postern web link</code></pre>
    <p>It prints a link that opens this administration once, within five minutes.</p>`;
}

/** What a link opens. It is spent by the button alone, so that no preview of it does. */
export function enterPage(link: string): Html {
  return html`<p class="lead">This link lets one browser in, once.</p>
    <form method="post" action="/enter" class="enter">
      <input type="hidden" name="link" value="${link}" /><button class="primary">Sign in</button>
    </form>`;
}
