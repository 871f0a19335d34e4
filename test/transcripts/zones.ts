import type { ZoneTable } from '#platform/fake-resolver.ts';

/** An honest server at 203.0.113.5 that sends for example.org. */
const honest: ZoneTable = {
  '.': { NS: ['a.root-servers.net'] },
  '5.113.0.203.in-addr.arpa': { PTR: ['mail.example.org'] },
  'mail.example.org': { A: ['203.0.113.5'] },
  'example.org': { MX: ['10 mail.example.org'], TXT: ['v=spf1 ip4:203.0.113.5 -all'] },
  'lists.example.org': { MX: ['10 mail.example.org'], TXT: ['v=spf1 ip4:203.0.113.5 -all'] },
  'null.example': { MX: ['0 .'] },
  'strict.example': {
    MX: ['10 mx.strict.example'],
    TXT: ['v=spf1 ip4:198.51.100.1 -all exp=why.strict.example'],
  },
  'why.strict.example': { TXT: ['%{i} does not send for us'] },
  'wanted.example': { MX: ['10 mx.wanted.example'], TXT: ['v=spf1 ip4:198.51.100.1 -all'] },
  '_dmarc.wanted.example': { TXT: ['v=DMARC1; p=reject'] },
  'example.test': { TXT: ['v=spf1 -all'] },
};

/** The same, known to a list that lives (RFC 5782 §5). */
const listed: ZoneTable = {
  ...honest,
  '2.0.0.127.psbl.surriel.com': { A: ['127.0.0.2'] },
  '5.113.0.203.psbl.surriel.com': { A: ['127.0.0.2'] },
};

/** What the DNS holds, by the name that `setup zone` gives. */
export const zones: Readonly<Record<string, ZoneTable>> = { honest, listed };
