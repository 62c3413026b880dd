import { request } from 'node:http';
import type { Counters } from './counters.ts';
import type { DumpedItem, ItemSpec } from './drive-operations.ts';
import type { FaultSpec } from './faults.ts';
import type { LoggedRequest } from './request-log.ts';
import type { Settings } from '../server/settings.ts';

/** The control API from another process, over its port or its Unix socket. Every method rejects on a refusal. */
export type ControlClient = {
  readonly about: () => Promise<SimulatorFacts>;
  readonly counters: () => Promise<Counters>;
  readonly resetCounters: () => Promise<void>;
  readonly requests: () => Promise<readonly LoggedRequest[]>;
  readonly tree: (driveId?: string) => Promise<readonly DumpedItem[]>;
  readonly content: (path: string, driveId?: string) => Promise<Buffer>;
  readonly seed: (specs: readonly ItemSpec[], driveId?: string) => Promise<void>;
  readonly addFault: (fault: FaultSpec) => Promise<number>;
  readonly clearFaults: () => Promise<void>;
  readonly set: (settings: Partial<Settings>) => Promise<void>;
  /** Any POST of docs/control-api.md. */
  readonly post: (path: string, body: unknown, driveId?: string) => Promise<unknown>;
};

export type SimulatorFacts = {
  readonly flavour: string;
  readonly driveIds: readonly string[];
  readonly driveId: string;
  readonly sharedDriveId: string;
  readonly rootId: string;
  readonly refreshToken: string;
};

/** @param address `http://127.0.0.1:port`, or the path of a Unix socket. */
export function connectControl(address: string): ControlClient {
  const call = (method: string, path: string, body?: unknown): Promise<Buffer> =>
    send(address, method, path, body);
  // The simulator is the other half of this package: its answers have the types written here.
  const read = async <Answer>(path: string): Promise<Answer> =>
    JSON.parse((await call('GET', path)).toString()) as Answer;
  const post = async (path: string, body: unknown, driveId?: string): Promise<unknown> => {
    const answer = await call('POST', `${path}${driveQuery(driveId)}`, body);
    return answer.byteLength === 0 ? undefined : JSON.parse(answer.toString());
  };
  return {
    about: () => read('/'),
    counters: () => read('/counters'),
    resetCounters: async () => {
      await call('DELETE', '/counters');
    },
    requests: () => read('/requests'),
    tree: (driveId) => read(`/tree${driveQuery(driveId)}`),
    content: (path, driveId) => {
      const query = new URLSearchParams({ path, ...(driveId === undefined ? {} : { drive: driveId }) });
      return call('GET', `/content?${query.toString()}`);
    },
    seed: async (specs, driveId) => {
      await post('/seed', specs, driveId);
    },
    addFault: async (fault) => {
      const answer = (await post('/faults', fault)) as { readonly id: number };
      return answer.id;
    },
    clearFaults: async () => {
      await call('DELETE', '/faults');
    },
    set: async (settings) => {
      await post('/settings', settings);
    },
    post,
  };
}

function driveQuery(driveId: string | undefined): string {
  return driveId === undefined ? '' : `?${new URLSearchParams({ drive: driveId }).toString()}`;
}

function send(address: string, method: string, path: string, body: unknown): Promise<Buffer> {
  const url = address.startsWith('http') ? new URL(path, address) : undefined;
  const where =
    url === undefined ? { socketPath: address, path } : { host: url.hostname, port: url.port, path };
  return new Promise((resolve, reject) => {
    const sent = request(
      { ...where, method, headers: { 'content-type': 'application/json' } },
      (response) => {
        const pieces: Buffer[] = [];
        response.on('data', (piece: Buffer) => pieces.push(piece));
        response.on('error', reject);
        response.on('end', () => {
          const answer = Buffer.concat(pieces);
          if ((response.statusCode ?? 500) < 300) resolve(answer);
          else reject(new Error(`Cannot ${method} ${path}: ${response.statusCode} ${answer.toString()}`));
        });
      },
    );
    sent.on('error', reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
