/** What goes wrong, by name. Each begins, lasts while the users go on, and ends by what its beginning gave back. */
import type { FaultEffect, RequestKind } from '@tidemark/graph-simulator';
import { cutPower } from './cut-power.ts';
import type { Rig } from './rig.ts';
import type { Volume } from './volumes.ts';

export type EndOfFault = () => void | Promise<void>;
export type BeginFault = (rig: Rig) => EndOfFault | Promise<EndOfFault>;

const once: EndOfFault = () => undefined;

const process: Readonly<Record<string, BeginFault>> = {
  'kill -9': async ({ client }) => {
    await client.kill();
    return client.start;
  },
  'stop and start': async ({ client }) => {
    await client.stop();
    return client.start;
  },
  SIGSTOP: ({ client }) => {
    client.halt();
    return client.goOn;
  },
};

const cut =
  (which: (rig: Rig) => readonly Volume[]): BeginFault =>
  async (rig) => {
    await cutPower(rig, which(rig));
    return rig.client.start;
  };

const power: Readonly<Record<string, BeginFault>> = {
  'power cut': cut(({ sync, state }) => [sync, state]),
  'power cut: sync folder alone': cut(({ sync }) => [sync]),
  'power cut: state folder alone': cut(({ state }) => [state]),
};

const proxy: Readonly<Record<string, BeginFault>> = {
  'connections are reset': ({ proxy: between }) => {
    between.reset();
    return once;
  },
  'connections stall': ({ proxy: between }) => {
    between.stall();
    return between.heal;
  },
  'connections are refused': ({ proxy: between }) => {
    between.refuse();
    return between.heal;
  },
};

const full =
  (which: 'sync' | 'state', leaveBytes: number): BeginFault =>
  (rig) => {
    const volume: Volume = rig[which];
    volume.fill(leaveBytes);
    return volume.free;
  };

const syncDisk: Readonly<Record<string, BeginFault>> = {
  'sync folder: disk full': full('sync', 0),
  'sync folder: little space': full('sync', 1_200_000),
  'sync folder: read-only': ({ sync }) => (sync.makeReadOnly() ? sync.makeWritable : once),
  'sync folder: vanished mount': ({ sync }) => {
    sync.vanish();
    return sync.comeBack;
  },
};

const stateDisk: Readonly<Record<string, BeginFault>> = {
  'state folder: disk full': full('state', 0),
  'state folder: little space': full('state', 100_000),
  'state folder: read-only': ({ state, client }) => {
    state.fail();
    return async () => {
      await client.stop();
      state.repair();
      client.start();
    };
  },
};

/** A share of the requests meets it; without kinds, of all requests. */
const answers =
  (probability: number, effect: FaultEffect, kinds: readonly (RequestKind | undefined)[]): BeginFault =>
  ({ simulator }) => {
    const ids = kinds.map((kind) =>
      simulator.addFault({ probability, effect, ...(kind === undefined ? {} : { kind }) }),
    );
    return () => ids.forEach(simulator.removeFault);
  };

const writes = ['simpleUpload', 'sessionCreate', 'fragment', 'createFolder', 'patch', 'delete'] as const;

const service: Readonly<Record<string, BeginFault>> = {
  throttling: ({ simulator }) => {
    simulator.set({ throttleRequestsPerMinute: 20, throttleRetryAfterSeconds: 1 });
    return () => simulator.set({ throttleRequestsPerMinute: 0 });
  },
  'busy service': answers(0.4, { type: 'status', status: 503, headers: { 'Retry-After': '1' } }, [undefined]),
  'answers lost after the work': answers(0.4, { type: 'performThenDrop' }, writes),
  'errors after the work': answers(0.4, { type: 'performThenStatus', status: 500 }, writes),
  'downloads cut': answers(0.6, { type: 'dropMidBody', afterBytes: 30 }, ['contentDownload']),
  'downloads shortened': answers(0.6, { type: 'truncatedBody', bytes: 30 }, ['contentDownload']),
  'garbled answers': answers(0.3, { type: 'malformedBody' }, ['deltaRead', 'contentDownload', 'fragment']),
  'no answers': answers(0.2, { type: 'hang' }, [undefined]),
  'slow answers': answers(0.5, { type: 'latency', delayMs: 400 }, [undefined]),
};

const expiry: Readonly<Record<string, BeginFault>> = {
  'access tokens expire': ({ simulator }) => {
    simulator.expireAccessTokens();
    return once;
  },
  'access tokens are challenged': ({ simulator }) => {
    simulator.challengeAccessTokens();
    return once;
  },
  'delta links expire': ({ simulator }) => {
    simulator.expireDeltaTokens();
    return once;
  },
  'upload sessions expire': ({ simulator }) => {
    const { uploadSessionLifetimeMs } = simulator.settings();
    simulator.set({ uploadSessionLifetimeMs: 1 });
    return () => simulator.set({ uploadSessionLifetimeMs });
  },
  'download links expire': ({ simulator }) => {
    const { downloadUrlLifetimeMs } = simulator.settings();
    simulator.set({ downloadUrlLifetimeMs: 1 });
    return () => simulator.set({ downloadUrlLifetimeMs });
  },
  'notifications fall silent': ({ simulator }) => {
    simulator.breakSockets('silence');
    return once;
  },
  'notification addresses expire': ({ simulator }) => {
    simulator.expireSocketAddresses();
    return once;
  },
};

const all: readonly Readonly<Record<string, BeginFault>>[] = [
  ...Object.entries(process).map(([name, begin]) => ({ [name]: begin })),
  ...[power, proxy, syncDisk, stateDisk, service, expiry],
];

export const faults: Readonly<Record<string, BeginFault>> = Object.assign({}, ...all);

/** They strike one file system without its journal. Where it holds both folders, that is a power cut of both, and is told as one. */
const ofTwoDisks = new Set([
  'power cut: sync folder alone',
  'power cut: state folder alone',
  'state folder: read-only',
]);

/** Faults of one group exclude each other in a cycle, but for those of processes. */
export const faultGroups = (isOneDisk: boolean): readonly Readonly<Record<string, BeginFault>>[] =>
  isOneDisk
    ? all.map((group) => Object.fromEntries(Object.entries(group).filter(([name]) => !ofTwoDisks.has(name))))
    : all;

export const faultNames = (isOneDisk: boolean): readonly string[] =>
  faultGroups(isOneDisk).flatMap((group) => Object.keys(group));
