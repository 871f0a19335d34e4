import type { ClientAddress, Network } from '#base/client-address.ts';
import { isLoopback, networkContains } from './kinds/ip-address.ts';
import type { FileValues, PathProblem } from './read-tables.ts';

/** What no single key shows: faults between keys. One function each. */
export const consistencyChecks: readonly ((values: FileValues) => readonly PathProblem[])[] = [
  namesAreUnique,
  portsAreUnique,
  tlsHasCertificate,
  certificateIsKnown,
  logInNeedsTls,
  mxIsNotImplicit,
  httpIsEncrypted,
  smarthostIsToCome,
  networkIsKnown,
  proxiesAreNamed,
  xclientIsSmtp,
  gatewaysBringMail,
  gatewayOnlyHasGateways,
  lmtpStaysInside,
  loopbackIsExemptOnlyInside,
  exemptionIsNotForAll,
];

function namesAreUnique(values: FileValues): readonly PathProblem[] {
  return (['listener', 'network'] as const).flatMap((table) => {
    const names: readonly string[] = values[table].map((row) => row.name);
    return names.flatMap((name, index) =>
      names.indexOf(name) < index
        ? [
            {
              path: [table, index, 'name'],
              message: `"${name}" is already the name of ${table} ${names.indexOf(name) + 1}`,
            },
          ]
        : [],
    );
  });
}

function portsAreUnique({ listener }: FileValues): readonly PathProblem[] {
  return listener.flatMap((row, index) => {
    const twin = listener.findIndex((other) => other.port === row.port && other.address === row.address);
    return twin < index
      ? [
          {
            path: ['listener', index, 'port'],
            message: `${row.port} on ${row.address} is already taken by listener ${twin + 1}`,
          },
        ]
      : [];
  });
}

function tlsHasCertificate({ listener, certificate }: FileValues): readonly PathProblem[] {
  if (certificate.length > 0) return [];
  return listener.flatMap((row, index) =>
    row.tls === 'none'
      ? []
      : [
          {
            path: ['listener', index, 'tls'],
            message: `"${row.tls}" needs a [[certificate]], and there is none`,
          },
        ],
  );
}

function certificateIsKnown({ listener, certificate }: FileValues): readonly PathProblem[] {
  const known = new Set<string>(certificate.flatMap((row) => row.domains));
  return listener.flatMap((row, index) =>
    row.certificate === undefined || known.has(row.certificate)
      ? []
      : [
          {
            path: ['listener', index, 'certificate'],
            message: `"${row.certificate}" stands in no [[certificate]] under domains`,
          },
        ],
  );
}

/** P-14, P-34, P-35: no listener may invite to a log-in that can never succeed. */
function logInNeedsTls({ listener }: FileValues): readonly PathProblem[] {
  const roles = new Set<string>(['submission', 'imap', 'pop3']);
  return listener.flatMap((row, index) =>
    roles.has(row.role) && row.tls === 'none'
      ? [
          {
            path: ['listener', index, 'tls'],
            message: `must be "starttls" or "implicit" for ${row.role}: nobody can log in without TLS`,
          },
        ]
      : [],
  );
}

function mxIsNotImplicit({ listener }: FileValues): readonly PathProblem[] {
  return listener.flatMap((row, index) =>
    row.role === 'mx' && row.tls === 'implicit'
      ? [
          {
            path: ['listener', index, 'tls'],
            message: 'must be "starttls" for mx: other servers begin in the clear (RFC 3207)',
          },
        ]
      : [],
  );
}

/** S-14: whoever could listen would be signed in too. */
function httpIsEncrypted({ listener }: FileValues): readonly PathProblem[] {
  return listener.flatMap((row, index) => {
    const isFine = row.tls === 'implicit' || (row.tls === 'none' && isLoopback(row.address));
    const message =
      row.tls === 'none'
        ? 'must be "implicit" for http that is not on loopback: whoever listens would be signed in too'
        : 'must be "implicit" for http: browsers begin with TLS';
    return row.role !== 'http' || isFine ? [] : [{ path: ['listener', index, 'tls'], message }];
  });
}

/** To send past a smart host that was asked for would be worse than not to start. */
function smarthostIsToCome({ smarthost }: FileValues): readonly PathProblem[] {
  return smarthost === undefined
    ? []
    : [
        {
          path: ['smarthost'],
          message: 'is not available in this version: take the table out to send directly',
        },
      ];
}

/** Keys of a listener that name networks. */
const networkKeys = ['networks', 'proxy', 'xclient', 'gateways'] as const;

function networkIsKnown({ listener, network }: FileValues): readonly PathProblem[] {
  const known = new Set<string>(network.map((row) => row.name));
  return listener.flatMap((row, index) =>
    networkKeys.flatMap((key) =>
      row[key].flatMap((name, position) =>
        known.has(name)
          ? []
          : [
              {
                path: ['listener', index, key, position],
                message: `"${name}" is the name of no [[network]]`,
              },
            ],
      ),
    ),
  );
}

/** Whoever is believed about other addresses has to be named: the whole Internet is nobody's proxy. */
function proxiesAreNamed({ listener, network }: FileValues): readonly PathProblem[] {
  const everyone = new Set<string>(
    network.filter((row) => row.addresses.some((range) => range.endsWith('/0'))).map((row) => row.name),
  );
  return listener.flatMap((row, index) =>
    (['proxy', 'xclient', 'gateways'] as const).flatMap((key) =>
      row[key]
        .filter((name) => everyone.has(name))
        .map((name) => ({
          path: ['listener', index, key],
          message: `"${name}" is the whole Internet, which would be believed whatever address it claims`,
        })),
    ),
  );
}

/** XCLIENT is a command of SMTP. */
function xclientIsSmtp({ listener }: FileValues): readonly PathProblem[] {
  return listener.flatMap((row, index) =>
    row.xclient.length === 0 || row.role === 'mx' || row.role === 'submission'
      ? []
      : [
          {
            path: ['listener', index, 'xclient'],
            message: `is only for mx and submission, not for ${row.role}`,
          },
        ],
  );
}

/** I-59: mail from other servers comes in on `mx`. */
function gatewaysBringMail({ listener }: FileValues): readonly PathProblem[] {
  return listener.flatMap((row, index) =>
    (row.gateways.length === 0 && !row.gateway_only) || row.role === 'mx'
      ? []
      : [
          {
            path: ['listener', index, row.gateways.length > 0 ? 'gateways' : 'gateway_only'],
            message: `is only for mx, not for ${row.role}`,
          },
        ],
  );
}

/** I-59: a way past the gateways must be closed, or said to be open. */
function gatewayOnlyHasGateways({ listener }: FileValues): readonly PathProblem[] {
  return listener.flatMap((row, index) => {
    if (!row.gateway_only) return [];
    const path = ['listener', index, 'gateway_only'];
    if (row.gateways.length === 0) return [{ path, message: 'needs gateways, or nobody could bring mail' }];
    return row.xclient.length === 0
      ? []
      : [{ path, message: 'cannot hold beside xclient, whose peers could also bring mail of their own' }];
  });
}

/** S-01: LMTP trusts its client, so it stays on this machine unless networks are named whose clients may deliver. */
function lmtpStaysInside({ listener, network }: FileValues): readonly PathProblem[] {
  return listener.flatMap((row, index) => {
    if (row.role !== 'lmtp' || (isLoopback(row.address) && row.networks.length === 0)) return [];
    const named = network.filter(({ name }) => row.networks.includes(name));
    if (row.networks.length > 0 && !named.some(isForAll)) return [];
    const message =
      row.networks.length > 0
        ? 'must not let the whole Internet deliver by lmtp'
        : 'must be loopback for lmtp, unless networks says whose clients may deliver';
    return [{ path: ['listener', index, row.networks.length > 0 ? 'networks' : 'address'], message }];
  });
}

function isForAll({ addresses }: FileValues['network'][number]): boolean {
  return addresses.some((range) => range.endsWith('/0'));
}

function loopbackIsExemptOnlyInside({ listener, network }: FileValues): readonly PathProblem[] {
  const outside = listener.find((row) => !isLoopback(row.address));
  if (outside === undefined) return [];
  return network.flatMap((row, index) =>
    row.exempt.length > 0 && !row.i_know && row.addresses.some(coversLoopback)
      ? [
          {
            path: ['network', index, 'exempt'],
            message: `exempts loopback while listener "${outside.name}" is on ${outside.address}: whoever comes through a proxy on this machine would be exempt. Take the network out, or say i_know = true`,
          },
        ]
      : [],
  );
}

const loopbackAddresses = ['127.0.0.1' as ClientAddress, '::1' as ClientAddress];

function coversLoopback(range: Network): boolean {
  const first = range.slice(0, range.indexOf('/')) as ClientAddress;
  return isLoopback(first) || loopbackAddresses.some((address) => networkContains(range, address));
}

/** P-10: an exemption for everyone is none. */
function exemptionIsNotForAll({ network }: FileValues): readonly PathProblem[] {
  return network.flatMap((row, index) =>
    row.addresses.flatMap((range, position) =>
      row.exempt.length > 0 && range.endsWith('/0')
        ? [{ path: ['network', index, 'addresses', position], message: `"${range}" is the whole Internet` }]
        : [],
    ),
  );
}
