import { judgeCases, reject } from './dmarc-cases.fixture.ts';

judgeCases([
  // §5.3.5 and §5.3.6: pass, fail and what cannot be said.
  {
    of: 'I-44: results other than pass prove nothing, even of the author domain',
    letter: {
      from: 'example.com',
      spf: { result: 'softfail', domain: 'example.com' },
      dkim: (['fail', 'policy', 'neutral', 'permerror', 'none'] as const).map((result) => ({
        result,
        domain: 'example.com',
        selector: 's',
      })),
    },
    published: { 'example.com': reject },
    result: 'fail',
  },
  {
    of: 'RFC 9989 §5.3.6: an aligned signature that could not be checked leaves it open',
    letter: {
      from: 'example.com',
      dkim: [{ result: 'temperror', domain: 'mail.example.com', selector: 's' }],
    },
    published: { 'example.com': reject },
    result: 'temperror',
    dkim: ['relaxed'],
  },
  {
    of: 'a stranger’s signature that could not be checked does not',
    letter: { from: 'example.com', dkim: [{ result: 'temperror', domain: 'evil.example', selector: 's' }] },
    published: { 'example.com': reject },
    result: 'fail',
    asked: ['example.com', 'com'],
  },
  {
    of: 'one aligned pass is enough, whatever else went wrong',
    letter: {
      from: 'example.com',
      spf: { result: 'temperror', domain: 'example.com' },
      dkim: [{ result: 'permerror', domain: 'example.com', selector: 's' }, 'example.com'],
    },
    published: { 'example.com': reject },
    result: 'pass',
  },
  {
    of: 'RFC 9989 §5.3.6: the policy of the author domain cannot be asked',
    letter: { from: 'example.com', spf: 'example.com' },
    published: { 'example.com': 'servfail' },
    result: 'temperror',
  },
  {
    of: 'RFC 9989 §5.3.6: a question on the way up is not answered',
    letter: { from: 'mail.example.com' },
    published: { 'example.com': 'timeout' },
    result: 'temperror',
  },
  {
    of: 'RFC 9989 §5.3.6: alignment cannot be asked',
    letter: { from: 'example.com', spf: 'mail.example.com' },
    published: { 'example.com': reject, 'mail.example.com': 'servfail' },
    result: 'temperror',
    spf: 'unknown',
  },
  {
    of: 'an unanswered question about one identifier does not matter when another is aligned',
    letter: { from: 'example.com', spf: 'mail.example.com', dkim: ['example.com'] },
    published: { 'example.com': reject, 'mail.example.com': 'servfail' },
    result: 'pass',
  },
]);
