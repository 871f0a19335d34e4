import { duration } from '#config/kinds/duration.ts';
import { integer } from '#config/kinds/integer.ts';
import { setting } from '#config/setting.ts';
import { loginLimitDefaults } from './login-limits.ts';

const secondMs = 1_000;
const hourMs = 3_600_000;
const failuresMost = 100_000;

/** Settings of the limits on failed logins; they count for the next attempt. */
export const loginLimitSettings = {
  windowMs: setting(
    'login.window',
    duration({ minMs: 60 * secondMs, maxMs: 24 * hourMs }),
    loginLimitDefaults.windowMs,
    { meaning: 'How long a failed login counts. Takes effect at the next start.' },
  ),
  addressFailuresMax: setting(
    'login.address_failures_max',
    integer({ min: 1, max: failuresMost }),
    loginLimitDefaults.addressFailuresMax,
    { meaning: 'Failed logins from one address, after which it is not listened to for a while.' },
  ),
  networkFailuresMax: setting(
    'login.network_failures_max',
    integer({ min: 1, max: failuresMost }),
    loginLimitDefaults.networkFailuresMax,
    { meaning: 'The same for a network: /24 of IPv4, /64 of IPv6.', requirements: ['S-07'] },
  ),
  accountFailuresMax: setting(
    'login.account_failures_max',
    integer({ min: 1, max: failuresMost }),
    loginLimitDefaults.accountFailuresMax,
    {
      meaning:
        'The same for one account from anywhere; networks from which it has logged in are spared, so that nobody can lock its owner out.',
    },
  ),
  delayMsMin: setting(
    'login.delay_min',
    duration({ minMs: 0, maxMs: 60 * secondMs }),
    loginLimitDefaults.delayMsMin,
    { meaning: 'How long the answer to a first failed login is held back; doubles with each further one.' },
  ),
  delayMsMax: setting(
    'login.delay_max',
    duration({ minMs: 0, maxMs: 60 * secondMs }),
    loginLimitDefaults.delayMsMax,
    { meaning: 'The longest that an answer to a failed login is held back.' },
  ),
};
