/**
 * The Microsoft clouds and their hosts.
 *
 * @see https://learn.microsoft.com/graph/deployments
 */
import { isLoopback } from '../http/hosts.ts';

export type Cloud = 'global' | 'USL4' | 'USL5' | 'DE' | 'CN';

export interface Endpoints {
  readonly cloud: Cloud;
  /** Origin of Graph. */
  readonly graph: string;
  /** Origin of the identity platform. */
  readonly login: string;
  /** Other names of the identity platform in this cloud. */
  readonly loginAliases: readonly string[];
  /** Suffixes of hosts that pre-authenticated URLs may point to. */
  readonly transferHosts: readonly string[];
  /** True when one of the two was replaced by a loopback address. */
  readonly developer: boolean;
}

const clouds: Readonly<Record<Cloud, Omit<Endpoints, 'cloud' | 'developer'>>> = {
  global: {
    graph: 'https://graph.microsoft.com',
    login: 'https://login.microsoftonline.com',
    loginAliases: [],
    transferHosts: [
      '.sharepoint.com',
      '.1drv.com',
      '.livefilestore.com',
      '.storage.live.com',
      '.microsoftpersonalcontent.com',
      '.svc.ms',
    ],
  },
  USL4: {
    graph: 'https://graph.microsoft.us',
    login: 'https://login.microsoftonline.us',
    loginAliases: [],
    transferHosts: ['.sharepoint.us', '.svc.ms'],
  },
  USL5: {
    graph: 'https://dod-graph.microsoft.us',
    login: 'https://login.microsoftonline.us',
    loginAliases: [],
    transferHosts: ['.sharepoint-mil.us', '.svc.ms'],
  },
  DE: {
    graph: 'https://graph.microsoft.de',
    login: 'https://login.microsoftonline.de',
    loginAliases: [],
    transferHosts: ['.sharepoint.de'],
  },
  CN: {
    graph: 'https://microsoftgraph.chinacloudapi.cn',
    login: 'https://login.chinacloudapi.cn',
    loginAliases: ['https://login.partner.microsoftonline.cn'],
    transferHosts: ['.sharepoint.cn'],
  },
};

export interface EndpointChoice {
  readonly cloud?: Cloud;
  /** For the simulator: https on loopback. */
  readonly graphEndpoint?: string | null;
  readonly loginEndpoint?: string | null;
}

/** @throws RangeError for a developer endpoint that is not https on loopback. */
export function resolveEndpoints(choice: EndpointChoice = {}): Endpoints {
  const cloud = choice.cloud ?? 'global';
  const hosts = clouds[cloud];
  const graph = choice.graphEndpoint == null ? null : loopbackOrigin('graph_endpoint', choice.graphEndpoint);
  const login = choice.loginEndpoint == null ? null : loopbackOrigin('login_endpoint', choice.loginEndpoint);
  return {
    ...hosts,
    cloud,
    graph: graph ?? hosts.graph,
    login: login ?? hosts.login,
    loginAliases: login === null ? hosts.loginAliases : [],
    developer: graph !== null || login !== null,
  };
}

function loopbackOrigin(setting: string, value: string): string {
  const url = URL.parse(value);
  if (url === null || url.protocol !== 'https:' || !isLoopback(url.hostname)) {
    throw new RangeError(
      `${setting} must be an https address on this machine, for instance https://localhost:8443`,
    );
  }
  return url.origin;
}
