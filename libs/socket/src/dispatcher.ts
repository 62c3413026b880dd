/** How the network is used: authorities, timeouts, proxy and limits, as undici takes them. */
import { readFileSync } from 'node:fs';
import { getCACertificates, rootCertificates } from 'node:tls';
import { Agent, EnvHttpProxyAgent, type Dispatcher } from 'undici';

/** As in http_proxy, https_proxy and no_proxy; the environment is read by the caller. */
export interface SocketProxy {
  readonly http?: string;
  readonly https?: string;
  readonly except?: string;
}

export interface DispatcherOptions {
  readonly caFile?: string | null;
  readonly ipFamily?: 4 | 6 | null;
  readonly proxy?: SocketProxy | null;
  readonly handshakeTimeoutMs: number;
  readonly messageBytesMax: number;
}

/** Said, since the environment (`NODE_TLS_REJECT_UNAUTHORIZED`, `--tls-min-v1.0`) rules where nothing is. */
const verified = { rejectUnauthorized: true, minVersion: 'TLSv1.2' } as const;

/** @throws what reading `caFile` throws */
export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const connect = {
    timeout: options.handshakeTimeoutMs,
    ...verified,
    ...(options.ipFamily == null
      ? { autoSelectFamily: true }
      : { family: options.ipFamily, autoSelectFamily: false }),
    ...(options.caFile == null ? {} : { ca: trusted(options.caFile) }),
  };
  const shared = {
    connections: 1,
    // The service upgrades HTTP/1.1 only.
    allowH2: false,
    headersTimeout: options.handshakeTimeoutMs,
    webSocket: { maxPayloadSize: options.messageBytesMax },
    connect,
  };
  const { proxy } = options;
  if (proxy == null || (proxy.http === undefined && proxy.https === undefined)) return new Agent(shared);
  return new EnvHttpProxyAgent({
    ...shared,
    requestTls: connect,
    proxyTls: verified,
    httpProxy: proxy.http ?? '',
    httpsProxy: proxy.https ?? proxy.http ?? '',
    noProxy: proxy.except ?? '',
  });
}

function trusted(caFile: string): string[] {
  // Node's own answer includes the system store when it runs with --use-system-ca.
  const known = getCACertificates('default');
  return [...(known.length > 0 ? known : rootCertificates), readFileSync(caFile, 'utf8')];
}
