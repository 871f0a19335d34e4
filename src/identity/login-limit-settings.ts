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
    { meaning: 'How long a failed login counts.', requirements: ['I-80', 'I-83'] },
  ),
  addressFailuresMax: setting(
    'login.address_failures_max',
    integer({ min: 1, max: failuresMost }),
    loginLimitDefaults.addressFailuresMax,
    {
      meaning:
        'Failed logins from one address, after which it is banned for a while (`bans.…`). A known device weighs a quarter, the same wrong password again nothing; an address from which somebody has logged in within 30 days is slowed instead.',
      requirements: ['I-80', 'I-83'],
    },
  ),
  networkFailuresMax: setting(
    'login.network_failures_max',
    integer({ min: 1, max: failuresMost }),
    loginLimitDefaults.networkFailuresMax,
    {
      meaning:
        'Failed logins from a network (/24 of IPv4, /64 of IPv6), after which each of its unknown clients is slowed, and banned after three failures of its own.',
      requirements: ['I-80', 'S-07'],
    },
  ),
  accountFailuresMax: setting(
    'login.account_failures_max',
    integer({ min: 1, max: failuresMost }),
    loginLimitDefaults.accountFailuresMax,
    {
      meaning:
        'The same for one account from anywhere; devices from which it has logged in are spared, and nobody is refused for the failures of others, so that nobody can lock its owner out.',
      requirements: ['I-80'],
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
