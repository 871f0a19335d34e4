import { request } from 'node:https';
import { readFileSync } from 'node:fs';
import type { Postern } from './postern.ts';

export interface Page {
  readonly status: number;
  readonly text: string;
  readonly location: string | undefined;
  readonly cookie: string | undefined;
}

/** Signs in to the administration of a server by its link, over TLS that is verified, and asks for pages as a browser does. */
export class AdminBrowser {
  readonly #origin: string;
  readonly #ca: string;
  #cookie = '';

  private constructor(origin: string, ca: string) {
    this.#origin = origin;
    this.#ca = ca;
  }

  static async signIn(server: Postern): Promise<AdminBrowser> {
    const { url } = (await server.administer('web link', {})) as { readonly url: string };
    const link = new URL(url);
    const browser = new AdminBrowser(link.origin, readFileSync(`${server.dir}/certificate.pem`, 'utf8'));
    const entered = await browser.#send('/enter', { link: link.pathname.slice('/enter/'.length) });
    if (entered.cookie === undefined) throw new Error(`not signed in: ${entered.text}`);
    browser.#cookie = entered.cookie;
    return browser;
  }

  get(path: string): Promise<Page> {
    return this.#ask('GET', path);
  }

  /** Fills in the form of a page and follows where it leads. */
  async fill(page: string, action: string, values: Readonly<Record<string, string>>): Promise<Page> {
    const { text } = await this.get(page);
    const token = /name="form-token" value="([^"]+)"/.exec(text)?.[1];
    if (token === undefined || !text.includes(`action="${action}"`))
      throw new Error(`no form ${action} on ${page}`);
    const sent = await this.#send(action, { 'form-token': token, ...values });
    return sent.location === undefined ? sent : await this.get(sent.location.split('#', 1)[0] ?? '/');
  }

  #send(path: string, values: Readonly<Record<string, string>>): Promise<Page> {
    return this.#ask('POST', path, new URLSearchParams(values).toString());
  }

  #ask(method: string, path: string, body?: string): Promise<Page> {
    const headers = {
      cookie: this.#cookie,
      origin: this.#origin,
      'sec-fetch-site': 'same-origin',
      ...(body !== undefined && {
        'content-type': 'application/x-www-form-urlencoded',
        'content-length': Buffer.byteLength(body),
      }),
    };
    return new Promise((resolve, reject) => {
      const asked = request(
        `${this.#origin}${path}`,
        { method, headers, ca: this.#ca, agent: false },
        (response) => {
          response.setEncoding('utf8');
          let text = '';
          response.on('data', (chunk: string) => (text += chunk));
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              text,
              location: response.headers.location,
              cookie: response.headers['set-cookie']?.[0]?.split(';', 1)[0],
            }),
          );
        },
      );
      asked.on('error', reject);
      asked.end(body);
    });
  }
}
