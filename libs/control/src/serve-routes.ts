/** Answers HTTP over a Unix socket that only its user can reach, by a table of routes. Whatever has an effect is a POST. */
import type { Answer, IncomingRequest, Listen } from '@tidemark/contracts';
import { Failure } from '@tidemark/contracts';
import { oneLine } from '@tidemark/settings';
import type { ControlPlace } from './control-path.ts';
import { announceSocket, prepareSocket, withdrawSocket } from './control-path.ts';
import { statusSchemaVersion } from './status-report.ts';

export type Route = (query: URLSearchParams, headers: IncomingRequest['headers']) => Promise<Answer>;
export type TakingRoute = (body: string) => Promise<Answer>;

export interface Routes {
  /** By path, both. */
  readonly reads: Readonly<Record<string, Route>>;
  readonly orders: Readonly<Record<string, Route>>;
  /** Orders with a body. */
  readonly taking?: Readonly<Record<string, TakingRoute>>;
}

/** Changes of a hundred thousand files. */
const bodyBytesMax = 64 * 1024 * 1024;

export interface Control {
  readonly socketPath: string;
  close(): Promise<void>;
}

/** Throws Failure `listenerFailed`. A socket that a killed process left behind is taken over. */
export async function serveRoutes(listen: Listen, place: ControlPlace, routes: Routes): Promise<Control> {
  const socketPath = orFailure(() => prepareSocket(place));
  const listening = await listen(
    { socketPath, socketMode: 0o600, bodyBytesMax: routes.taking === undefined ? 0 : bodyBytesMax },
    (request) => answer(request, routes),
  );
  try {
    orFailure(() => announceSocket(place, socketPath));
  } catch (error) {
    await listening.close();
    throw error;
  }
  return {
    socketPath,
    close: async () => {
      withdrawSocket(place);
      await listening.close();
    },
  };
}

/** A folder that may not be written to is told as every other reason for having no socket. */
function orFailure<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error instanceof Failure) throw error;
    const detail = `Cannot open the control socket: ${error.message}`;
    throw new Failure({ code: 'listenerFailed', detail }, { cause: error });
  }
}

async function answer({ method, target, headers, body }: IncomingRequest, routes: Routes): Promise<Answer> {
  const { reads, orders, taking = {} } = routes;
  const { pathname, searchParams } = new URL(target, 'http://control');
  const isRead = Object.hasOwn(reads, pathname);
  const route = isRead ? reads[pathname] : Object.hasOwn(orders, pathname) ? orders[pathname] : undefined;
  const takes = Object.hasOwn(taking, pathname) ? taking[pathname] : undefined;
  if (route === undefined && takes === undefined) {
    const known = [reads, orders, taking].flatMap((some) => Object.keys(some)).join(', ');
    return refusal(404, `There is no ${pathname}; here are ${known}`);
  }
  const expected = isRead ? 'GET' : 'POST';
  if (method !== expected) return refusal(405, `${pathname} takes ${expected}`, { allow: expected });
  if (takes === undefined && body.length > 0) return refusal(413, `${pathname} takes no body`);
  try {
    return await (takes?.(new TextDecoder().decode(body)) ??
      route?.(searchParams, headers) ??
      refusal(404, ''));
  } catch (error) {
    if (error instanceof BadQuery) return refusal(400, error.message);
    if (error instanceof Busy) return refusal(503, error.message, { 'retry-after': '1' });
    // What stands in the way is the daemon's own, and said in words.
    if (error instanceof Failure) return refusal(500, error.message);
    throw error;
  }
}

export function json(status: number, value: unknown, headers: Answer['headers'] = {}): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
    body: `${oneLine(JSON.stringify(value))}\n`,
  };
}

/** Figures for Prometheus. */
export const metricsAnswer = (body: string): Answer => ({
  status: 200,
  headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
  body,
});

export const refusal = (status: number, detail: string, headers?: Answer['headers']): Answer =>
  json(status, { schema: statusSchemaVersion, error: detail }, headers);

export class BadQuery extends Error {}

/** Answered with 503: it may be asked again a moment later. */
export class Busy extends Error {}

/** Throws BadQuery when it is not there. */
export function textOf(query: URLSearchParams, name: string): string {
  const text = query.get(name);
  if (text === null || text === '') throw new BadQuery(`${name} is missing`);
  return text;
}

/** RFC 3339, in milliseconds since 1970; null when it is not there. */
export function timeOf(query: URLSearchParams, name: string): number | null {
  const text = query.get(name);
  if (text === null) return null;
  const at = /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at))
    throw new BadQuery(`${name} is a time like 2026-01-31T18:00:00Z, not ${JSON.stringify(text)}`);
  return at;
}

/** null when it is not there. */
export function numberOf(query: URLSearchParams, name: string, max: number): number | null {
  const text = query.get(name);
  if (text === null) return null;
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value <= max))
    throw new BadQuery(`${name} is a number from 0 to ${max}, not ${JSON.stringify(text)}`);
  return value;
}
