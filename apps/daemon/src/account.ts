/** The account: login, network, budget and drive, from settings. */
import type { Clock, Drive, Notifications, Random } from '@tidemark/contracts';
import { Failure } from '@tidemark/contracts';
import type { Endpoints, GraphDrive, Login, SharedFolder } from '@tidemark/graph';
import {
  createBudget,
  createGraphDrive,
  createGraphNotifications,
  createLogin,
  createNetwork,
  createTokenFile,
  peerApplicationId,
  resolveEndpoints,
  tracedNetwork,
} from '@tidemark/graph';
import { fragmentBytes } from '@tidemark/settings';
import type { ConnectOptions } from '@tidemark/socket';
import { type LoginPatience, patientTokenStore } from './patient-token-store.ts';
import type { Profile } from './profile.ts';
import { proxyFrom } from './proxy-from.ts';
import { createSessionFiles } from './session-files.ts';

export interface Account {
  readonly login: Login;
  readonly drive: GraphDrive & Drive;
  readonly notifications: Notifications;
  /** A folder of another drive, with the login, the connections and the budget of this one. */
  sharedFolder(folder: SharedFolder): GraphDrive;
  /** For sockets to the hosts that tell of changes over Socket.IO. */
  readonly connecting: ConnectOptions;
  /** What time it is for the service, in milliseconds since 1970 and whole seconds. Throws Failure `offline`. */
  serviceTime(): Promise<number>;
  close(): Promise<void>;
}

export interface AccountOptions {
  readonly profile: Profile;
  readonly clock: Clock;
  readonly random: Random;
  /** A dry run leaves the token file alone. */
  readonly rotation: 'written' | 'kept';
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** For a login that the disk refuses to keep; without it that is a failure at once. */
  readonly patience?: LoginPatience;
  /** Told what is wrong with the login's file, and mended. */
  readonly warn?: (line: string) => void;
  /** Told of what goes on from an earlier run. */
  readonly say?: (line: string) => void;
  /** Told what those read who ask for more. */
  readonly note?: (line: string) => void;
  /** Given the requests and answers, as lines without secrets, with `debug_https`. */
  readonly trace?: (line: string) => void;
}

/** Throws Failure for endpoints that are not allowed. Nothing is contacted. */
export function openAccount(options: AccountOptions): Account {
  const { profile, clock, random, rotation, environment, patience, say, warn, note, trace } = options;
  const { settings, locations } = profile;
  const endpoints = endpointsOf(settings);
  const proxy = proxyFrom(environment);
  const traced = settings.debug_https ? trace : undefined;
  const untraced = createNetwork({
    connectTimeoutMs: settings.connect_timeout * 1000,
    answerTimeoutMs: settings.data_timeout * 1000,
    idleTimeoutMs: settings.data_timeout * 1000,
    totalTimeoutMs: settings.operation_timeout * 1000,
    connectionsMax: connectionsMax,
    keepAliveMs: settings.max_curl_idle * 1000,
    namesKeptMs: settings.dns_timeout * 1000,
    ...(traced !== undefined && {
      onNameAsked: (name: string) => traced(`DEBUG: HTTPS addresses of ${name} are asked for`),
    }),
    ipFamily: settings.ip_protocol_version === 1 ? 4 : settings.ip_protocol_version === 2 ? 6 : null,
    caFile: settings.ca_file === '' ? null : settings.ca_file,
    userAgent: settings.user_agent,
    ...(proxy === null ? {} : { proxy }),
  });
  const network = traced === undefined ? untraced : tracedNetwork(untraced, endpoints.login, traced);
  const budget = createBudget({
    ...{ clock, concurrencyStart: settings.threads, concurrencyMax: connectionsMax },
    ...(note !== undefined && { onPaused: (delayMs) => note(pausedLine(delayMs)) }),
  });
  const tokenFile = createTokenFile({
    ...{ path: locations.refreshToken, rotation },
    ...(warn !== undefined && { warn }),
  });
  const tokenStore = patience === undefined ? tokenFile : patientTokenStore(tokenFile, patience);
  const login = createLogin({
    endpoints,
    // The default id only redeems a token that the peer already holds; it is no registration of ours.
    applicationId: settings.application_id === peerApplicationId ? null : settings.application_id,
    tenant: settings.azure_tenant_id === '' ? null : settings.azure_tenant_id,
    access: settings.read_only_auth_scope ? 'readOnly' : 'readWrite',
    tokenStore,
    network,
    clock,
    random,
    budget,
  });
  const driveOptions = {
    endpoints,
    network,
    tokens: login,
    budget,
    clock,
    random,
    fragmentBytes: fragmentBytes(settings),
    rateLimit: settings.rate_limit,
    permanentDelete: settings.permanent_delete,
    smallFiles: settings.force_session_upload ? ('session' as const) : ('fitting' as const),
    sessions: createSessionFiles(locations.directory, resumptionTold(say)),
  };
  const drive = createGraphDrive({
    ...driveOptions,
    driveId: settings.drive_id === '' ? null : settings.drive_id,
    ...(settings.force_children_scan ? { listing: 'children' as const } : {}),
  });
  const notifications = createGraphNotifications({
    endpoints,
    network,
    tokens: login,
    budget,
    clock,
    random,
    driveId: settings.drive_id === '' ? null : settings.drive_id,
  });
  return {
    login,
    drive,
    notifications,
    sharedFolder: (folder) => createGraphDrive({ ...driveOptions, folder }),
    connecting: {
      allowedHosts: endpoints.developer ? [new URL(endpoints.graph).hostname] : socketHosts,
      caFile: settings.ca_file === '' ? null : settings.ca_file,
      ipFamily: settings.ip_protocol_version === 1 ? 4 : settings.ip_protocol_version === 2 ? 6 : null,
      ...(proxy === null ? {} : { proxy }),
    },
    serviceTime: async () => {
      const path = '/common/v2.0/.well-known/openid-configuration';
      try {
        const answer = await network.send({ method: 'GET', origin: endpoints.login, path, headers: [] });
        return Date.parse(answer.headers.date ?? '');
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        throw new Failure(
          { code: 'offline', detail: `Cannot reach ${endpoints.login}: ${why}` },
          { cause: error },
        );
      }
    },
    close: async () => {
      await drive.close();
      await network.close();
    },
  };
}

/** Throws Failure for endpoints that are not allowed. */
export const endpointsOf = (settings: Profile['settings']): Endpoints =>
  resolveEndpoints({
    cloud: settings.azure_ad_endpoint === '' ? 'global' : cloudOf(settings.azure_ad_endpoint),
    graphEndpoint: settings.graph_endpoint === '' ? null : settings.graph_endpoint,
    loginEndpoint: settings.login_endpoint === '' ? null : settings.login_endpoint,
  });

const connectionsMax = 32;
/** Not documented; seen in the addresses that the service hands out, and wide enough for its moves. */
const socketHosts = ['*.svc.ms', '*.microsoft.com', '*.office.com', '*.sharepoint.com'];

function cloudOf(name: string): 'USL4' | 'USL5' | 'DE' | 'CN' {
  if (name === 'USL4' || name === 'USL5' || name === 'DE' || name === 'CN') return name;
  throw new Failure({
    code: 'invalidRequest',
    detail: `Cannot use azure_ad_endpoint "${name}": it is USL4, USL5, DE or CN`,
  });
}

/** The peer's words, and for how long. */
const pausedLine = (delayMs: number): string =>
  `Handling a Microsoft Graph API HTTP 429 Response Code (Too Many Requests) - Internal Thread ID: 0 - waiting ${Math.ceil(delayMs / 1000)} s`;

/** The peer's words. */
function resumptionTold(say: (line: string) => void = () => {}): (sessionFile: string) => void {
  let isTold = false;
  return (path) => {
    if (!isTold) say('There are interrupted session uploads that need to be resumed');
    isTold = true;
    say(`Attempting to restore file upload session using this session data file: ${path}`);
  };
}
