/** The network: pooled HTTPS connections with limits on everything. The only place that opens sockets. */
import { readFileSync } from 'node:fs';
import { createSecureContext, getCACertificates, rootCertificates } from 'node:tls';
import { Readable } from 'node:stream';
import { Failure, type AbortSignalLike } from '@tidemark/contracts';
import { EnvHttpProxyAgent, Pool, type Dispatcher } from 'undici';
import { createNameCache } from './name-cache.ts';
import { Exchange, type Answer, type BodyReceiver } from './exchange.ts';
import { TransportFault } from './transport-fault.ts';

export interface NetworkOptions {
  /** TCP and TLS. Milliseconds. */
  readonly connectTimeoutMs?: number;
  /** From the sent request to the answer's headers. */
  readonly answerTimeoutMs?: number;
  /** Longest silence inside a body. */
  readonly idleTimeoutMs?: number;
  /** Whole request; 0 is off. */
  readonly totalTimeoutMs?: number;
  /** Per origin. */
  readonly connectionsMax?: number;
  readonly keepAliveMs?: number;
  readonly ipFamily?: 4 | 6 | null;
  /** How long the addresses of a host are kept. Milliseconds; 0: not at all. */
  readonly namesKeptMs?: number;
  /** Told each time when the addresses of a host are asked for. */
  readonly onNameAsked?: (name: string) => void;
  /** More certificate authorities (PEM), beside those that Node trusts (`--use-system-ca` adds the system's). */
  readonly caFile?: string | null;
  /** As in http_proxy, https_proxy and no_proxy; the environment is read by the caller. */
  readonly proxy?: ProxySettings | null;
  readonly userAgent?: string;
}

export interface ProxySettings {
  readonly http?: string;
  readonly https?: string;
  readonly except?: string;
}

export interface OutgoingRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** `https://host[:port]` */
  readonly origin: string;
  /** Sent as it is: never re-encoded. */
  readonly path: string;
  /** Name, value, name, value … */
  readonly headers: string[];
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array> | null;
  /** Bytes of the body; steers how long sending it may take. */
  readonly bodySizeBytes?: number;
  readonly signal?: AbortSignalLike | undefined;
  /** Where the body goes; without it the body is gathered as text. */
  readonly receiver?: BodyReceiver;
  readonly bodyMaxBytes?: number;
}

export interface Network {
  /** Throws TransportFault, and whatever the receiver throws. Any status is an answer. */
  send(request: OutgoingRequest): Promise<Answer>;
  /** Breaks off what is under way. */
  close(): Promise<void>;
}

const jsonMaxBytes = 64 * 1024 * 1024;
/** Said, since the environment (`NODE_TLS_REJECT_UNAUTHORIZED`, `--tls-min-v1.0`) rules where nothing is. */
const verified = { rejectUnauthorized: true, minVersion: 'TLSv1.2' } as const;
/** A link slower than this is treated as dead while a body is being sent. */
const slowestBytesPerMs = 16;

export function createNetwork(options: NetworkOptions = {}): Network {
  const answerTimeoutMs = options.answerTimeoutMs ?? 60_000;
  const idleTimeoutMs = options.idleTimeoutMs ?? 60_000;
  const totalTimeoutMs = options.totalTimeoutMs ?? 0;
  const userAgent = options.userAgent ?? 'ISV|Tidemark|Tidemark/0.1.0';
  const dispatcherOf = createDispatchers(options);
  let isClosed = false;

  return {
    send: (request) =>
      new Promise<Answer>((resolve, reject) => {
        if (isClosed || request.signal?.aborted === true) {
          const why = isClosed ? 'the network is closed' : 'stopped by the caller';
          reject(new TransportFault('aborted', why, false));
          return;
        }
        const body = request.body ?? null;
        const isWhole = body === null || typeof body === 'string' || body instanceof Uint8Array;
        request.headers.push('user-agent', userAgent);
        const exchange = new Exchange(
          { resolve, reject },
          request.bodyMaxBytes ?? jsonMaxBytes,
          request.receiver ?? null,
          request.signal,
          totalTimeoutMs,
        );
        dispatcherOf.get(request.origin).dispatch(
          {
            origin: request.origin,
            path: request.path,
            method: request.method,
            headers: request.headers,
            body: isWhole ? body : Readable.from(body),
            // undici restarts this timeout with each piece of a streamed body; a whole body needs time to be sent.
            headersTimeout:
              answerTimeoutMs + (isWhole ? Math.ceil((request.bodySizeBytes ?? 0) / slowestBytesPerMs) : 0),
            bodyTimeout: idleTimeoutMs,
          },
          exchange,
        );
      }),
    close: () => {
      isClosed = true;
      return dispatcherOf.close();
    },
  };
}

interface Dispatchers {
  get(origin: string): Dispatcher;
  close(): Promise<void>;
}

/** One pool per origin. With a proxy, undici's agent decides per host. */
function createDispatchers(options: NetworkOptions): Dispatchers {
  const connect = {
    timeout: options.connectTimeoutMs ?? 10_000,
    lookup: createNameCache({
      keepMs: options.namesKeptMs ?? 60_000,
      now: () => performance.now(),
      onAsked: options.onNameAsked,
    }),
    ...verified,
    ...(options.ipFamily == null
      ? { autoSelectFamily: true }
      : { family: options.ipFamily, autoSelectFamily: false }),
    // Made once: a list of authorities would be read anew for each connection, at 80 ms of CPU.
    ...(options.caFile == null
      ? {}
      : {
          secureContext: createSecureContext({
            ca: trusted(options.caFile),
            minVersion: verified.minVersion,
          }),
        }),
  };
  const shared: Pool.Options = {
    connections: options.connectionsMax ?? 16,
    keepAliveTimeout: options.keepAliveMs ?? 120_000,
    // A hint of the service may shorten it, and would lengthen it otherwise.
    keepAliveMaxTimeout: options.keepAliveMs ?? 120_000,
    // Measured: undici over HTTP/2 costs more CPU a request than HTTP/1.1 with keep-alive.
    allowH2: false,
    connect,
  };
  const { proxy } = options;
  if (proxy != null && (proxy.http !== undefined || proxy.https !== undefined)) {
    const agent = new EnvHttpProxyAgent({
      ...shared,
      requestTls: connect,
      proxyTls: verified,
      httpProxy: proxy.http ?? '',
      httpsProxy: proxy.https ?? proxy.http ?? '',
      noProxy: proxy.except ?? '',
    });
    return { get: () => agent, close: () => agent.destroy() };
  }
  const pools = new Map<string, Pool>();
  return {
    get: (origin) => {
      let pool = pools.get(origin);
      if (pool === undefined) {
        pool = new Pool(origin, shared);
        pools.set(origin, pool);
      }
      return pool;
    },
    close: async () => {
      const all = [...pools.values()];
      pools.clear();
      await Promise.all(all.map((pool) => pool.destroy()));
    },
  };
}

function trusted(caFile: string): string[] {
  // Node's own answer includes the system store when it runs with --use-system-ca.
  const known = getCACertificates('default');
  return [...(known.length > 0 ? known : rootCertificates), readAuthorities(caFile)];
}

function readAuthorities(caFile: string): string {
  try {
    return readFileSync(caFile, 'utf8');
  } catch (cause) {
    const detail = `Cannot read ca_file: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new Failure({ code: 'tlsUntrusted', detail }, { cause });
  }
}
