import type { AdminWorld } from '#admin/world.ts';
import type { Domain } from '#mail/domain.ts';
import { OneTimeLinks } from '#identity/one-time-links.ts';
import { WebSessions } from '#identity/web-sessions.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeRandom } from '#platform/fake-random.ts';
import { createFakeResolver } from '#platform/fake-resolver.ts';
import { BanBook } from '#policy/bans/ban-book.ts';
import { banDefaults, banSettings } from '#policy/bans/ban-settings.ts';
import { flowLimitNames } from '#policy/flow/flow-limit.ts';
import type { FlowLimitReport, FlowScopeReport } from '#policy/flow/flow-report.ts';
import type { FlowRow } from '#policy/flow/flow-row.ts';
import { flowSettings } from '#policy/flow/flow-settings.ts';
import { loginLimitSettings } from '#identity/login-limit-settings.ts';
import { listsFor } from '#policy/lists/lists.fixture.ts';
import { createMemoryStore } from '#store/memory/memory-store.ts';
import type { Event } from '#trace/events.ts';
import { createWebApp } from './web-app.ts';
import type { WebPeer } from './web-peer.ts';

export const origin = 'https://mail.example.test:8443';

const peer: WebPeer = {
  sessionId: 'c1',
  listener: 'admin',
  client: '203.0.113.5',
  localAddress: '192.0.2.1',
  isEncrypted: true,
  exemptFromRate: false,
};

const seen = { hits: 0, peak: 7, p50: 3, p95: 5, p99: 6, proposed: 30 };

function limitReport(name: FlowLimitReport['name']): FlowLimitReport {
  const limit = name === 'interval' ? 60_000 : 500;
  return { name, limit, from: 'default', overrides: undefined, ...seen };
}

/** The application on a world in memory, with a browser that does as browsers do. */
export function makeWeb() {
  const clock = createFakeClock();
  const random = createFakeRandom(1);
  const store = createMemoryStore({ clock, random });
  const events: Event[] = [];
  const sink = { emit: (event: Event) => void events.push(event) };
  const refused: string[] = [];
  let rows: readonly FlowRow[] = [];
  const flow: FlowScopeReport[] = ['server', 'service:mx', 'listener:mx'].map((scope) => ({
    scope,
    open: 1,
    seen: 400,
    limits: flowLimitNames.map(limitReport),
  }));
  const bans = new BanBook({ clock, events: sink, rules: banDefaults, changed: () => undefined });
  const lists = listsFor({ clock, resolver: createFakeResolver({}), settings: store.settings });
  const world = {
    version: '0.0.0',
    hostname: 'mail.example.test' as Domain,
    store,
    clock,
    random,
    settings: [...Object.values(banSettings), ...Object.values(loginLimitSettings), flowSettings.rows],
    bans: { book: bans, kept: async () => undefined, packetFilter: () => undefined },
    lists,
    flow: { report: () => flow, rows: () => rows, listeners: ['mx'] },
    notices: {
      async settingChanged() {
        const stored = await store.settings.get(flowSettings.rows.name);
        const read = flowSettings.rows.kind.read(stored.ok ? (stored.value?.value ?? []) : []);
        if (read.ok) rows = read.value as readonly FlowRow[];
      },
    },
  } as unknown as AdminWorld;
  const links = new OneTimeLinks({ clock, random });
  const sessions = new WebSessions({ clock, random });
  const handler = createWebApp({
    world,
    links,
    sessions,
    events: sink,
    hosts: new Set(['mail.example.test']),
    async refusedLink({ client }) {
      refused.push(client);
      return 0;
    },
  });

  const ask = async (
    path: string,
    init: RequestInit = {},
    from: Partial<WebPeer> = {},
  ): Promise<Answered> => {
    const headers = new Headers({ host: 'mail.example.test:8443', ...(init.headers as object) });
    const response = await handler(new Request(origin + path, { ...init, headers }), { ...peer, ...from });
    return { response, status: response.status, text: await response.text() };
  };
  const own = {
    origin,
    'sec-fetch-site': 'same-origin',
    'content-type': 'application/x-www-form-urlencoded',
  };
  const post = (path: string, values: Readonly<Record<string, string>>, headers: object = {}) =>
    ask(path, {
      method: 'POST',
      body: new URLSearchParams(values).toString(),
      headers: { ...own, ...headers },
    });

  /** Signs in as the link asks for. */
  const signIn = async () => {
    const entered = await post('/enter', { link: links.issue() });
    const cookie = entered.response.headers.get('set-cookie')?.split(';', 1)[0] ?? '';
    const get = (path: string) => ask(path, { headers: { cookie } });
    const page = await get('/');
    const formToken = /name="form-token" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
    return {
      cookie,
      formToken,
      get,
      /** A form of this session, with the page that it leads to. */
      send: async (path: string, values: Readonly<Record<string, string>>) => {
        const sent = await post(path, { 'form-token': formToken, ...values }, { cookie });
        const to = sent.response.headers.get('location');
        return { ...sent, to, landed: to === null ? undefined : await get(to.split('#', 1)[0] ?? '') };
      },
    };
  };
  return {
    clock,
    world,
    bans,
    lists,
    flow,
    store,
    events,
    refused,
    links,
    ask,
    post,
    signIn,
    rows: () => rows,
  };
}

export interface Answered {
  readonly response: Response;
  readonly status: number;
  readonly text: string;
}
