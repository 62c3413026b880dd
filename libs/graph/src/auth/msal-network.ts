/** MSAL's network: our pools, limits and retries below it, and a note of what went wrong. */
import type { INetworkModule } from '@azure/msal-node';
import { Failure, type Clock, type Random } from '@tidemark/contracts';
import { faultFailure } from '../errors.ts';
import type { Budget } from '../http/budget.ts';
import type { Network } from '../http/network.ts';
import { parseRetryAfter } from '../http/retry-after.ts';
import { TransportFault } from '../http/transport-fault.ts';
import { readRefusal, type LoginRefusal } from './refusals.ts';

/** MSAL wraps what it is told into its own errors; the originals are kept here. */
export interface LoginNetwork extends INetworkModule {
  lastFailure: Failure | null;
  lastRefusal: LoginRefusal | null;
}

export interface LoginNetworkOptions {
  readonly network: Network;
  /** The only origins that may be asked. */
  readonly origins: readonly string[];
  readonly clock: Clock;
  readonly random: Random;
  readonly budget?: Budget | undefined;
  readonly attemptsMax?: number;
  readonly waitMaxMs?: number;
}

const action = 'Cannot reach the identity platform';
const answerMaxBytes = 4 * 1024 * 1024;

type MsalAnswer<Body> = { headers: Record<string, string>; body: Body; status: number };
type Sending = {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: string[];
  readonly body: string | null;
};

export function createLoginNetwork(options: LoginNetworkOptions): LoginNetwork {
  const { network, origins, clock, random, budget } = options;
  const attemptsMax = options.attemptsMax ?? 4;
  const waitMaxMs = options.waitMaxMs ?? 60_000;

  async function send<Body>(sending: Sending): Promise<MsalAnswer<Body>> {
    const { pathname, search, origin } = new URL(sending.url);
    if (!origins.includes(origin)) {
      throw fail(
        new Failure({ code: 'loginRefused', detail: `${action}: ${origin} is not a host of this cloud` }),
      );
    }
    for (let attempt = 1; ; attempt += 1) {
      let failure: Failure;
      let delayMs = Math.ceil(1000 * 2 ** (attempt - 1) * (0.5 + random.fraction() / 2));
      try {
        budget?.count('login');
        const answer = await network.send({
          method: sending.method,
          origin,
          path: pathname + search,
          headers: [...sending.headers],
          body: sending.body,
          bodyMaxBytes: answerMaxBytes,
        });
        const isBusy = answer.status === 429 || answer.status >= 500;
        const body = isBusy ? null : parse(answer.text);
        if (body !== null) {
          if (answer.status >= 400) self.lastRefusal = readRefusal(body);
          const headers: Record<string, string> = {};
          for (const [name, value] of Object.entries(answer.headers)) {
            if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
          }
          // The body's shape is MSAL's business: it validates what it reads.
          return { headers, body: body as Body, status: answer.status };
        }
        const retryAfter = answer.headers['retry-after'];
        delayMs =
          parseRetryAfter(typeof retryAfter === 'string' ? retryAfter : undefined, clock.now()) ?? delayMs;
        failure = isBusy ? busy(answer.status, delayMs) : notJson(answer.status);
        if (!isBusy) throw fail(failure);
      } catch (error) {
        if (!(error instanceof TransportFault)) throw error;
        failure = faultFailure(action, error);
        if (error.kind === 'untrusted' || error.kind === 'aborted') throw fail(failure);
      }
      if (attempt >= attemptsMax || delayMs > waitMaxMs) throw fail(failure);
      await clock.sleep(delayMs);
    }
  }

  function fail(failure: Failure): Failure {
    self.lastFailure = failure;
    return failure;
  }

  const self: LoginNetwork = {
    lastFailure: null,
    lastRefusal: null,
    sendGetRequestAsync: <Body>(url: string, request?: { headers?: Record<string, string> }) =>
      send<Body>({ method: 'GET', url, headers: flat(request?.headers), body: null }),
    sendPostRequestAsync: <Body>(
      url: string,
      request?: { headers?: Record<string, string>; body?: string },
    ) => send<Body>({ method: 'POST', url, headers: flat(request?.headers), body: request?.body ?? '' }),
  };
  return self;
}

function busy(status: number, delayMs: number): Failure {
  return new Failure({
    code: status === 429 ? 'throttled' : 'serviceUnavailable',
    detail: `${action}: it answered ${status}; the login is kept`,
    afterMs: delayMs,
  });
}

function notJson(status: number): Failure {
  return new Failure({
    code: 'offline',
    detail: `${action}: the answer is not the identity platform's (${status}); a login page of the network may stand in between`,
  });
}

function parse(text: string): Record<string, unknown> | null {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? { ...body } : null;
  } catch {
    return null;
  }
}

function flat(headers: Record<string, string> | undefined): string[] {
  const list: string[] = [];
  for (const [name, value] of Object.entries(headers ?? {})) list.push(name, value);
  return list;
}
