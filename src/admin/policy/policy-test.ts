import { makeId } from '#base/id.ts';
import type { TraceId } from '#base/id.ts';
import { ok } from '#base/result.ts';
import { optional, required } from '#config/key.ts';
import { ipAddress } from '#config/kinds/ip-address.ts';
import { mailAddress } from '#config/kinds/mail-address.ts';
import { string } from '#config/kinds/string.ts';
import { judgeMail } from '#policy/judge-mail.ts';
import { withListKeys } from '#policy/lists/with-list-keys.ts';
import { Policy } from '#policy/policy.ts';
import type { Counters } from '#store/contract/store.ts';
import { TraceBuilder } from '#trace/trace-builder.ts';
import { toCrLf } from '../import/mbox.ts';
import { operation } from '../operation.ts';
import type { AdminWorld } from '../world.ts';
import { ownNames, storedPolicy } from './policy-world.ts';
import { judgementScreen } from './judgement-screen.ts';
import { showJudgement } from './show-judgement.ts';

export const policyTest = operation({
  name: 'policy test',
  looksOnly: true,
  meaning: 'Judge a message as if it came in now, without delivering it, and say why.',
  input: {
    file: required(string(), { meaning: 'The message, as a file.' }),
    ip: required(ipAddress, { meaning: 'The address that it would come from.' }),
    helo: optional(string({ lengthMax: 255 }), {
      meaning: 'The name of HELO; else the address in brackets.',
    }),
    from: optional(mailAddress, { meaning: 'The sender in MAIL FROM; else none, as of a bounce.' }),
  },
  async run(world, input) {
    const values = await storedPolicy(world);
    if (!values.ok) return values;
    const file = await world.messageFile(input.file);
    if (!file.ok) return file;
    const own = ownNames(world);
    const policy = new Policy({
      resolver: withListKeys(world.resolver, world.lists.keys),
      lists: world.lists,
      ...(world.attachments === undefined ? {} : { attachments: world.attachments }),
      clock: world.clock,
      counters: untouched(world.store.counters),
      own,
      values: values.value,
    });
    const helo = input.helo ?? (input.ip.includes(':') ? `[IPv6:${input.ip}]` : `[${input.ip}]`);
    const trace = newTrace(world, { client: input.ip, helo });
    const mail = {
      client: input.ip,
      helo,
      from: input.from,
      bytes: Buffer.from(toCrLf(file.value)),
      hostname: world.hostname,
    };
    const given = await judgeMail(policy, mail, trace);
    return ok(await showJudgement({ mail, given, trace, values: values.value, own }));
  },
  render: judgementScreen,
});

/** Asking whether somebody is known leaves no mark. */
function untouched(counters: Counters): Counters {
  return { read: (keys, nowMs) => counters.read(keys, nowMs), add: () => Promise.resolve(ok(1)) };
}

function newTrace(
  { clock, random }: AdminWorld,
  { client, helo }: { readonly client: string; readonly helo: string },
): TraceBuilder {
  const id = makeId<TraceId>(clock.now(), random.bytes(10));
  const session = { id: 'policy-test', listener: 'policy test', role: 'mx', client, helo };
  return new TraceBuilder({ id, direction: 'inbound', session, clock });
}
