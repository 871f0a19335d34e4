import { makeFolder, removeFolder } from '#test/peers/peer.ts';
import type { TraceRecord, TraceStage } from '#trace/record.ts';
import { median } from './figures.ts';
import type { InboundServer } from './inbound-servers.ts';
import { nowUs, profiledEnv, readProfiles, threadCpuUs, type ThreadShares } from './profile.ts';

/** Where the time of a message goes: as it passes, and as the threads work. */
export interface Layers {
  readonly scenario: string;
  readonly messages: number;
  readonly seconds: number;
  readonly traces: readonly TraceRecord[];
  readonly threads: readonly ThreadShares[];
  /** What the connections' thread computed, whatever else the machine did. */
  readonly mainCpuUs: number;
}

export interface LayersRun<Server extends InboundServer> {
  readonly scenario: string;
  readonly messages: number;
  readonly start: (env: NodeJS.ProcessEnv) => Promise<Server>;
  readonly warm: (server: Server) => Promise<void>;
  /** What is looked at: sends as many messages. */
  readonly load: (server: Server) => Promise<unknown>;
}

/** One run beside a profiler, which costs some of the speed: only the shares are told. */
export async function measureLayers<Server extends InboundServer>({
  scenario,
  messages,
  start,
  warm,
  load,
}: LayersRun<Server>): Promise<Layers> {
  const dir = makeFolder('profile');
  try {
    const server = await start(profiledEnv(dir));
    let traces: readonly TraceRecord[] = [];
    const window = { fromUs: 0, toUs: 0 };
    let mainCpuUs = 0;
    try {
      await warm(server);
      const pid = server.pid ?? 0;
      const before = threadCpuUs(pid);
      window.fromUs = nowUs();
      await load(server);
      window.toUs = nowUs();
      mainCpuUs = threadCpuUs(pid) - before;
      traces = (await server.traces?.(Math.min(messages, tracesRead))) ?? [];
    } finally {
      await server.stop();
    }
    const seconds = (window.toUs - window.fromUs) / 1e6;
    return { scenario, messages, seconds, traces, threads: readProfiles(dir, window), mainCpuUs };
  } finally {
    removeFolder(dir);
  }
}

/** As many as one page holds. */
const tracesRead = 256;

const stages: readonly TraceStage[] = ['connect', 'helo', 'mail', 'rcpt', 'message', 'queue'];
/** Shares below this are told together. */
const shareMin = 0.01;
/** Threads that do less are not told. */
const threadShareMin = 0.05;
const functionsTold = 25;

export function printLayers(layers: Layers, { functions }: { readonly functions: boolean }): void {
  const { scenario, messages, seconds } = layers;
  console.log(
    `\n${scenario}: where the time of a message goes (${String(messages)} messages, one run beside a profiler)`,
  );
  printStages(layers.traces);
  for (const thread of layers.threads) {
    const share = thread.busyUs / 1e6 / seconds;
    if (thread.thread === 0) printMain(thread, layers, functions);
    else if (share >= threadShareMin) {
      console.log(`  ${nameOfThread(thread)}: busy ${percent(share)} of the time`);
      printShares(thread, thread.busyUs / messages);
    }
  }
}

function nameOfThread({ layers }: ThreadShares): string {
  const names = layers.map(([name]) => name);
  if (names.includes('backends/sqlite')) return 'a storage thread';
  return names.includes('mailauth/dkim') ? 'the thread of signatures and DMARC' : 'another thread';
}

function printMain(thread: ThreadShares, { seconds, messages, mainCpuUs }: Layers, functions: boolean): void {
  const eachUs = mainCpuUs / messages;
  console.log(
    `  the connections' thread: busy ${percent(thread.busyUs / 1e6 / seconds)} of the time, ` +
      `${eachUs.toFixed(0)} µs of computing a message`,
  );
  printShares(thread, eachUs);
  if (functions) printFunctions(thread, eachUs);
}

/** As it passes: from the decision traces. Checks of a stage run beside each other, and what they ask is waited for. */
function printStages(traces: readonly TraceRecord[]): void {
  if (traces.length === 0) return;
  const rows = stages.map((stage) => {
    const steps = traces.map((trace) => trace.steps.filter((step) => step.stage === stage));
    return [stage, median(steps.map((some) => Math.max(0, ...some.map(({ ms }) => ms))))] as const;
  });
  const asked = traces.map((trace) => trace.asked.length);
  const slowest = traces.map(({ asked: questions }) => Math.max(0, ...questions.map(({ ms }) => ms)));
  const told = rows.map(([stage, ms]) => `${stage} ${ms.toFixed(1)}`).join('   ');
  console.log(`  ms until the last check of a stage had judged (medians): ${told}`);
  console.log(
    `  questions to the resolver or its cache: ${median(asked).toFixed(0)} a message, the slowest ${median(slowest).toFixed(1)} ms`,
  );
}

function printShares({ layers, busyUs }: ThreadShares, eachUs: number): void {
  const told = layers.filter(([, us]) => us / busyUs >= shareMin);
  const rest = busyUs - told.reduce((sum, [, us]) => sum + us, 0);
  for (const [name, us] of [...told, ['the rest', rest] as const]) printShare(name, us / busyUs, eachUs);
}

function printFunctions({ functions, busyUs }: ThreadShares, eachUs: number): void {
  console.log('    by function:');
  for (const [name, us] of functions.slice(0, functionsTold)) printShare(name, us / busyUs, eachUs);
}

function printShare(name: string, share: number, eachUs: number): void {
  console.log(`    ${percent(share).padStart(6)} ${(share * eachUs).toFixed(0).padStart(6)} µs  ${name}`);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)}%`;
}
