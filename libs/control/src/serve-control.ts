/**
 * The control API: HTTP over a Unix socket that only its user can reach. It reads, and it takes three orders; whatever has an
 * effect is a POST. What it says is the schema of status-report.ts, as JSON.
 */
import type { Answer, IncomingRequest, Listen } from '@tidemark/contracts';
import type { ControlPlace } from './control-path.ts';
import { announceSocket, prepareSocket, withdrawSocket } from './control-path.ts';
import { statusSchemaVersion, type Health, type OrderAnswer, type StatusReport } from './status-report.ts';

export interface ControlSource {
  /** `itemsMax`: how many items that are not at rest are listed. */
  status(itemsMax: number): StatusReport;
  health(): Promise<Health>;
  /** Prometheus text. */
  metrics(): Promise<string>;
  /** Looks at both sides now. */
  look(): Promise<OrderAnswer>;
  /** Reads the settings again. */
  reload(): Promise<OrderAnswer>;
  /** Ends the daemon in order; answered before it has ended. */
  stop(): Promise<OrderAnswer>;
  /** Resolves when the log has gone beyond `seq`, or after `waitMs`. */
  changedSince(seq: number, waitMs: number): Promise<void>;
}

export interface Control {
  readonly socketPath: string;
  close(): Promise<void>;
}

/** Throws Failure `listenerFailed`. A socket that a killed daemon left behind is taken over. */
export async function openControl(
  listen: Listen,
  place: ControlPlace,
  source: ControlSource,
): Promise<Control> {
  const socketPath = prepareSocket(place);
  const listening = await listen({ socketPath, socketMode: 0o600, bodyBytesMax: 0 }, (request) =>
    answer(request, source),
  );
  announceSocket(place, socketPath);
  return {
    socketPath,
    close: async () => {
      withdrawSocket(place);
      await listening.close();
    },
  };
}

type Route = (source: ControlSource, query: URLSearchParams) => Promise<Answer>;

const reads: Readonly<Record<string, Route>> = {
  '/v1/status': async (source, query) => {
    const after = numberOf(query, 'after', Number.MAX_SAFE_INTEGER);
    if (after !== null) await source.changedSince(after, (numberOf(query, 'wait', 60) ?? 25) * 1000);
    return json(200, source.status(numberOf(query, 'items', itemsMax) ?? itemsDefault));
  },
  '/v1/health': async (source) => {
    const health = await source.health();
    return json(health.isAlive ? 200 : 503, health);
  },
  '/v1/metrics': async (source) => ({
    status: 200,
    headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
    body: await source.metrics(),
  }),
};

const orders: Readonly<Record<string, Route>> = {
  '/v1/look': async (source) => ordered(await source.look()),
  '/v1/reload': async (source) => ordered(await source.reload()),
  '/v1/stop': async (source) => ordered(await source.stop()),
};

const itemsDefault = 1_000;
const itemsMax = 1_000_000;

async function answer({ method, target }: IncomingRequest, source: ControlSource): Promise<Answer> {
  const { pathname, searchParams } = new URL(target, 'http://control');
  const isRead = Object.hasOwn(reads, pathname);
  const route = isRead ? reads[pathname] : Object.hasOwn(orders, pathname) ? orders[pathname] : undefined;
  if (route === undefined) return refusal(404, `There is no ${pathname}; this daemon knows ${known}`);
  const expected = isRead ? 'GET' : 'POST';
  if (method !== expected) return refusal(405, `${pathname} takes ${expected}`, { allow: expected });
  try {
    return await route(source, searchParams);
  } catch (error) {
    if (error instanceof BadQuery) return refusal(400, error.message);
    throw error;
  }
}

const known = [...Object.keys(reads), ...Object.keys(orders)].join(', ');

const ordered = (given: OrderAnswer): Answer => json(given.isAccepted ? 202 : 409, given);

function json(status: number, value: unknown, headers: Answer['headers'] = {}): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
    body: `${JSON.stringify(value)}\n`,
  };
}

const refusal = (status: number, detail: string, headers?: Answer['headers']): Answer =>
  json(status, { schema: statusSchemaVersion, error: detail }, headers);

class BadQuery extends Error {}

/** null when it is not there. */
function numberOf(query: URLSearchParams, name: string, max: number): number | null {
  const text = query.get(name);
  if (text === null) return null;
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value <= max))
    throw new BadQuery(`${name} is a number from 0 to ${max}, not ${JSON.stringify(text)}`);
  return value;
}
