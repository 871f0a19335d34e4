import { boolean } from '#config/kinds/boolean.ts';
import { domain } from '#config/kinds/domain.ts';
import { duration } from '#config/kinds/duration.ts';
import { integer } from '#config/kinds/integer.ts';
import { list } from '#config/kinds/list.ts';
import { union } from '#config/kinds/union.ts';
import type { Setting } from '#config/setting.ts';
import { setting } from '#config/setting.ts';
import type { AnyCheck } from './check.ts';
import { checks } from './checks.ts';
import { exceptionKind } from './exception.ts';
import { namedSenderKind } from './named-sender.ts';
import type { NamedSender } from './named-sender.ts';
import type { CheckAction } from './stage.ts';
import { checkActions } from './stage.ts';

const minuteMs = 60_000;
const pointsMost = 1000;

/** Of policy as a whole; they count for the next message. */
export const policySettings = {
  junkScore: setting('policy.junk_score', integer({ min: 1, max: pointsMost }), 10, {
    meaning: 'Mail with this many points goes to the Junk folder.',
    requirements: ['I-51', 'I-52'],
  }),
  refuseScore: setting('policy.refuse_score', integer({ min: 1, max: pointsMost }), 30, {
    meaning: 'Mail with this many points is refused.',
    requirements: ['I-51'],
  }),
  greylistScore: setting('policy.greylist_score', integer({ min: 1, max: pointsMost }), 5, {
    meaning: 'Mail with this many points from an unknown client is put off once.',
    requirements: ['C-12'],
  }),
  greylisting: setting('policy.greylisting', boolean, true, {
    meaning: 'Suspicious mail from unknown clients is put off once; real servers come again.',
    requirements: ['C-12'],
  }),
  greylistDelayMs: setting(
    'policy.greylist_delay',
    duration({ minMs: minuteMs, maxMs: 60 * minuteMs }),
    5 * minuteMs,
    { meaning: 'How long after its first attempt such a client is let in.', requirements: ['C-12'] },
  ),
  forwarders: setting('policy.forwarders', list(exceptionKind), [] as readonly string[], {
    meaning:
      'Networks and domains of servers that forward mail to users of this server: SPF and DMARC failures of what they bring are expected.',
    requirements: ['I-45', 'C-6'],
  }),
  namedSenders: setting(
    'policy.named_senders',
    list(namedSenderKind, { itemsMax: 500 }),
    [] as readonly NamedSender[],
    {
      meaning:
        'Who may send in the name of a domain without its own SPF or signature: the domain, the proof (a network, or a domain proven by signature, SPF or reverse name), and why.',
      requirements: ['P-18', 'I-45'],
    },
  ),
  arcSealers: setting('policy.arc_sealers', list(domain), [] as readonly string[], {
    meaning: 'Domains whose word on the authentication of mail that they pass on is believed (ARC).',
    requirements: ['I-42'],
  }),
};

export interface CheckSettings {
  readonly action: Setting<CheckAction>;
  readonly weight: Setting<number>;
  readonly except: Setting<readonly string[]>;
}

/** The settings of one check: what a finding does, how much it scores, for whom it is only noted. */
function settingsOf(row: AnyCheck): CheckSettings {
  const prefix = `policy.${row.name.replaceAll('-', '_')}`;
  const requirements = [...row.requirements, 'P-17'];
  return {
    action: setting(`${prefix}.action`, union(checkActions), row.action, {
      meaning: `Check "${row.name}" (${row.stage}): ${row.meaning} What is done when it is not so.`,
      requirements,
    }),
    weight: setting(`${prefix}.weight`, integer({ min: 0, max: pointsMost }), row.weight, {
      meaning: `The points of a finding of "${row.name}".`,
      requirements,
    }),
    except: setting(`${prefix}.except`, list(exceptionKind), [] as readonly string[], {
      meaning: `Clients for whom findings of "${row.name}" are only noted: networks, or domains proven by reverse name or SPF.`,
      requirements,
    }),
  };
}

export const checkSettings: ReadonlyMap<string, CheckSettings> = new Map(
  checks.map((row) => [row.name, settingsOf(row)]),
);

/** All of them, for the joined table. */
export const allPolicySettings: readonly Setting<unknown>[] = [
  ...Object.values<Setting<unknown>>(policySettings),
  ...[...checkSettings.values()].flatMap((rows) => Object.values<Setting<unknown>>({ ...rows })),
];
