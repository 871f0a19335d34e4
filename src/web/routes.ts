import { banAddition, banLifting, bansPage, banSetting } from './pages/bans.ts';
import { flowPage, flowSetting, ruleRemoval } from './pages/flow.ts';
import { rulePage, ruleSetting } from './pages/flow-rule.ts';
import { localListRoutes } from './pages/local-list.ts';
import { overview } from './pages/overview.ts';
import type { Route } from './route.ts';

/** All pages and forms for those who are signed in. */
export const routes: readonly Route[] = [
  overview,
  bansPage,
  banAddition,
  banLifting,
  banSetting,
  ...localListRoutes('block'),
  ...localListRoutes('allow'),
  flowPage,
  flowSetting,
  rulePage,
  ruleSetting,
  ruleRemoval,
];

/** P-03: all that answers without a session, beside `404` and `405`. */
export const openPaths = [
  { method: 'GET', path: '/style.css' },
  { method: 'GET', path: '/icon.svg' },
  { method: 'GET', path: '/sign-in' },
  { method: 'GET', path: '/enter/:link' },
  { method: 'POST', path: '/enter' },
] as const;
