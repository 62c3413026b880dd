/** A server that says exactly what a spec tells it to, for what a well-behaved service never does. For tests only. */
import { createServer } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Notifications } from '@tidemark/contracts';
import { createBudget } from '../http/budget.ts';
import { createGraphDrive, type GraphDrive, type GraphDriveOptions } from '../drive/graph-drive.ts';
import { createGraphNotifications } from '../notifications/graph-notifications.ts';
import { createNetwork, type NetworkOptions } from '../http/network.ts';
import { resolveEndpoints } from '../auth/clouds.ts';
import { createSystemRandom } from '../system.ts';
import { hurried } from './rig.ts';

export interface ServerKeys {
  readonly privateKey: string;
  readonly certificate: string;
  readonly caFile: string;
}

export interface Scripted {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly text?: string;
}

export type Script = (request: Asked) => Scripted | 'silence' | 'cut' | Promise<Scripted | 'silence' | 'cut'>;

export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly origin: string;
}

export interface ScriptedServer {
  readonly origin: string;
  readonly asked: readonly Asked[];
  readonly drive: GraphDrive;
  readonly notifications: Notifications;
  close(): Promise<void>;
}

export async function startScripted(
  keys: ServerKeys,
  script: Script,
  options: { readonly drive?: Partial<GraphDriveOptions>; readonly network?: NetworkOptions } = {},
): Promise<ScriptedServer> {
  const asked: Asked[] = [];
  const server = createServer({ key: keys.privateKey, cert: keys.certificate }, (request, response) => {
    void answer(request, response, origin, script, asked);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const origin = `https://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  const network = createNetwork({
    caFile: keys.caFile,
    answerTimeoutMs: 1_000,
    idleTimeoutMs: 1_000,
    ...options.network,
  });
  const shared = {
    endpoints: resolveEndpoints({ graphEndpoint: origin }),
    network,
    tokens: { accessToken: () => 'canary-access-token', renew: async () => 'canary-second-token' },
    budget: createBudget({ clock: hurried }),
    clock: hurried,
    random: createSystemRandom(),
  };
  return {
    origin,
    asked,
    drive: createGraphDrive({ ...shared, ...options.drive }),
    notifications: createGraphNotifications(shared),
    close: async () => {
      await network.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** The two answers that open a drive, for scripts that care about what comes after. */
export function opening(asked: Asked, kind = 'business'): Scripted | null {
  if (asked.url.startsWith('/v1.0/me/drive?')) return { json: { id: 'b!drive', driveType: kind } };
  if (asked.url.startsWith('/v1.0/me/drive/root?')) return { json: { id: 'ROOT' } };
  return null;
}

/** A script that answers batches as well, each part as if it had come alone; the last part first. */
export function withBatches(script: (asked: Asked) => Scripted): (asked: Asked) => Scripted {
  return (asked) => {
    if (!asked.url.endsWith('/$batch')) return script(asked);
    const { requests } = JSON.parse(asked.body) as {
      requests: { id: string; method: string; url: string }[];
    };
    const responses = requests.toReversed().map(({ id, method, url }) => {
      const { status = 200, headers = {}, json } = script({ ...asked, method, url: `/v1.0${url}`, body: '' });
      return { id, status, headers, body: json };
    });
    return { json: { responses } };
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  origin: string,
  script: Script,
  log: Asked[],
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const asked: Asked = {
    method: request.method ?? '',
    url: request.url ?? '',
    headers: request.headers,
    body: Buffer.concat(chunks).toString('latin1'),
    origin,
  };
  log.push(asked);
  const scripted = await script(asked);
  if (scripted === 'silence') return;
  if (scripted === 'cut') {
    request.socket.destroy();
    return;
  }
  const isJson = scripted.json !== undefined;
  response.writeHead(scripted.status ?? 200, {
    'request-id': `request-${log.length}`,
    ...(isJson ? { 'content-type': 'application/json' } : {}),
    ...scripted.headers,
  });
  response.end(isJson ? JSON.stringify(scripted.json) : scripted.text);
}
